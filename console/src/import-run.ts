import { type Handset, HandsetError } from '@handset/sdk'
import type { ImportRow } from './import-file.ts'

export interface Reject {
  row: ImportRow
  reason: string
}

/** How far an import has come. */
export interface Progress {
  done: number
  registered: number
  /** Rows whose IMEI the project has already: an import that is run again doubles nothing. */
  existing: number
  rejects: readonly Reject[]
}

/** Rows under way at a time: enough to keep a server busy, and few enough to leave it free for others. */
const CONCURRENCY = 6

/**
 * Registers the rows that look right, and rejects the others; tells how far it is after each.
 *
 * Ends early at `signal`. Throws `HandsetError` when the server cannot be reached or no longer takes the key.
 */
export async function runImport(
  handset: Handset,
  rows: readonly ImportRow[],
  signal: AbortSignal,
  tell: (progress: Progress) => void,
): Promise<void> {
  const progress = { done: 0, registered: 0, existing: 0, rejects: [] as Reject[] }
  const finders = createFinders(handset, signal)
  let next = 0
  async function work(): Promise<void> {
    for (let row = rows[next++]; row !== undefined; row = rows[next++]) {
      signal.throwIfAborted()
      const outcome = await register(row)
      if (typeof outcome === 'string') progress.rejects.push({ row, reason: outcome })
      else progress[outcome.as] += 1
      progress.done += 1
      tell({ ...progress, rejects: [...progress.rejects] })
    }
  }

  /** How a row ended: registered, there already, or why not. */
  async function register(row: ImportRow): Promise<{ as: 'registered' | 'existing' } | string> {
    if (row.problem !== null) return row.problem
    try {
      const user = row.user === null ? null : await finders.user(row.user)
      if (user === undefined) return `There is no user ${row.user}.`
      const sims = await Promise.all(row.iccids.map(finders.sim))
      const missing = row.iccids.find((_, at) => sims[at] === undefined)
      if (missing !== undefined) return `There is no SIM ${missing}.`
      const { imei, name, metadata } = row
      const body = { imei, name, metadata: { ...metadata }, user, sims: sims as string[] }
      // The client names each call by an idempotency key: one whose answer was lost is not done twice.
      await handset.devices.create(body, { signal })
      return { as: 'registered' }
    } catch (error) {
      if (!(error instanceof HandsetError) || error.status === null || error.status === 401 || error.status >= 500) {
        throw error
      }
      if (error.details.length === 1 && error.code === 'deviceImeiAlreadyExists') return { as: 'existing' }
      return [error.message, ...(error.details.length > 1 ? error.details.map(({ message }) => message) : [])].join(
        '. ',
      )
    }
  }

  await Promise.all(Array.from({ length: CONCURRENCY }, work))
}

/** Finds users and SIMs by what a file calls them; each is asked for once. */
function createFinders(handset: Handset, signal: AbortSignal) {
  const users = new Map<string, Promise<string | undefined>>()
  const sims = new Map<string, Promise<string | undefined>>()
  async function findUser(named: string): Promise<string | undefined> {
    if (named.startsWith('usr_')) return named
    return (await handset.users.search({ email: named }, { signal })).items[0]?.id
  }
  async function findSim(named: string): Promise<string | undefined> {
    if (named.startsWith('sim_')) return named
    return (await handset.sims.search({ iccid: named }, { signal })).items[0]?.id
  }
  return {
    user: (named: string) => remember(users, named.toLowerCase(), () => findUser(named)),
    sim: (named: string) => remember(sims, named, () => findSim(named)),
  }
}

function remember<Value>(known: Map<string, Value>, key: string, find: () => Value): Value {
  const found = known.get(key) ?? find()
  known.set(key, found)
  return found
}
