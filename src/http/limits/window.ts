import type { Awaitable } from '../../domain/awaitable.ts'

/** Where a key stands in the present window. */
export interface Standing {
  /** Requests that it may still make; below 0 when this one was too many. */
  left: number
  /** Seconds until the next window. */
  reset: number
}

/** How many requests each key has made in the present window; all keys share its ends, so it is emptied at once. */
export interface Window {
  /** Counts one more. */
  count(key: string): Awaitable<Standing>
  /** Counts one more, where that can be told at once; else undefined, and nothing is counted. */
  countNow(key: string): Standing | undefined
}

/** A window that several processes count in. */
export interface WindowTerms {
  name: string
  /** Requests of one key. */
  limit: number
  seconds: number
}

/** Requests of a key that a process may let pass by itself. */
export interface Grant {
  /** Which window it is of. */
  window: number
  granted: number
  /** What nobody has been granted yet. */
  left: number
}

/** Counts in this process alone. */
export function createWindow({ limit, seconds }: WindowTerms, clock: () => number): Window {
  const counts = new Map<string, number>()
  let window = 0

  function count(key: string): Standing {
    const now = clock() / 1000
    const current = Math.floor(now / seconds)
    if (current !== window) {
      counts.clear()
      window = current
    }
    const made = (counts.get(key) ?? 0) + 1
    counts.set(key, made)
    return { left: limit - made, reset: Math.ceil((current + 1) * seconds - now) }
  }

  return { count, countNow: count }
}

/**
 * Counts together with other processes: what `take` grants is counted here, and more is taken when that is used up. Never
 * do all of them let more pass than the limit; what others have been granted and not used, a key may miss.
 */
export function createSharedWindow(
  terms: WindowTerms,
  clock: () => number,
  take: (terms: WindowTerms, key: string) => Promise<Grant>,
): Window {
  const { seconds } = terms
  const grants = new Map<string, Grant>()
  const taking = new Map<string, Promise<void>>()
  let window = 0

  /** Gives the seconds until the next window. */
  function enter(): number {
    const now = clock() / 1000
    const current = Math.floor(now / seconds)
    if (current !== window) {
      grants.clear()
      window = current
    }
    return Math.ceil((current + 1) * seconds - now)
  }

  function countNow(key: string): Standing | undefined {
    const reset = enter()
    const grant = grants.get(key)
    if (grant !== undefined && grant.granted > 0) {
      grant.granted -= 1
      return { left: grant.granted + grant.left, reset }
    }
    return grant?.left === 0 ? { left: -1, reset } : undefined
  }

  function count(key: string): Awaitable<Standing> {
    return countNow(key) ?? takeMore(key).then(() => count(key))
  }

  /** All who wait for a key share what is granted to it. */
  function takeMore(key: string): Promise<void> {
    const underWay = taking.get(key)
    if (underWay !== undefined) return underWay
    const more = take(terms, key).then((grant) => {
      taking.delete(key)
      enter()
      if (grant.window === window) grants.set(key, grant)
    })
    taking.set(key, more)
    return more
  }

  return { count, countNow }
}

/**
 * What processes that count together take their grants from: each time a share of what is left, so that one that is
 * granted much and asked little keeps no more than that from the others, and one request at a time where little is left.
 */
export function createLedger(clock: () => number, shares: number): (terms: WindowTerms, key: string) => Grant {
  const windows = new Map<string, { window: number; taken: Map<string, number> }>()
  return ({ name, limit, seconds }, key) => {
    const window = Math.floor(clock() / 1000 / seconds)
    let present = windows.get(name)
    if (present?.window !== window) {
      present = { window, taken: new Map() }
      windows.set(name, present)
    }
    const taken = present.taken.get(key) ?? 0
    const granted = Math.min(limit - taken, Math.max(1, Math.floor((limit - taken) / shares)))
    present.taken.set(key, taken + granted)
    return { window, granted, left: limit - taken - granted }
  }
}
