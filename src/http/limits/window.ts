import type { Awaitable } from '../../domain/awaitable.ts'

/** The standing of a key in the current window. */
export interface Standing {
  /** The requests that the key has left. Below 0 if this request exceeded the limit. */
  left: number
  /** Seconds until the next window. */
  reset: number
}

/** Counts the requests of each key in a fixed window of time. All keys share its boundaries and are reset together. */
export interface Window {
  /** Counts a request. */
  count(key: string): Awaitable<Standing>
  /** Counts a request if its standing is known at once; otherwise returns undefined and counts nothing. */
  countNow(key: string): Standing | undefined
}

/** The settings of a window, which several processes may share. */
export interface WindowTerms {
  name: string
  /** Requests that one key may make. */
  limit: number
  seconds: number
}

/** Requests of a key that a process may accept by itself. */
export interface Grant {
  /** The number of the window. */
  window: number
  granted: number
  /** Requests not yet granted to any process. */
  left: number
}

/** Creates a window that counts in this process alone. */
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
 * Creates a window that counts together with other processes. Requests that `take` grants are counted here; when they
 * are used up, it takes more. All processes together never accept more than the limit. A key may be rejected early, while
 * other processes hold grants that they do not use.
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

  /** Moves to the current window. Returns the seconds until the next one. */
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

  /** Requests that wait for the same key share one grant. */
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
 * Creates the ledger from which processes take their grants. Each grant is a share of what is left, so that a process
 * with a large grant and little traffic does not starve the others; where little is left, it is one request.
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
