import type { Awaitable } from '../../domain/awaitable.ts'
import { unavailable } from '../../errors.ts'
import type { Parameter, Queries } from '../port.ts'
import { Ended, Lost } from './errors.ts'
import { createQueries, NO_PARAMETERS, type RunStatement } from './queries.ts'

/**
 * With a time-out, PostgreSQL would stop waiting for a synchronous standby, and acknowledge a commit that the standby
 * lacks.
 */
const COMMIT = 'SET LOCAL statement_timeout = 0; COMMIT'

/**
 * Runs `work` between a begin and a commit, in few round trips: each statement is sent before the result of the one before
 * it arrives, unless `work` awaits that result. Reads follow the begin at once, and the commit the last changes.
 * PostgreSQL runs statements in order, and rejects those behind one that failed, the commit included.
 */
export async function runTransaction<T>(
  send: RunStatement,
  begin: string,
  work: (tx: Queries) => Awaitable<T>,
): Promise<T> {
  /** Why the first statement that failed did. */
  let failure: unknown
  let mustFollowBegin = false
  let isEnding = false
  let isTorn = false

  async function attempt(sql: string, parameters: readonly Parameter[]) {
    try {
      return await send(sql, parameters)
    } catch (error) {
      if (!(error instanceof Lost)) failure ??= error
      throw failure ?? error
    }
  }

  const begun = attempt(begin, NO_PARAMETERS)
  begun.catch(() => {}) // What follows fails too.

  /**
   * Sends a statement. A change is not sent before the begin has succeeded, because PostgreSQL would commit it alone, and
   * neither is what follows the change.
   */
  async function run(sql: string, parameters: readonly Parameter[]) {
    if (isEnding) {
      isTorn = true
      throw new Error('The transaction has been committed')
    }
    mustFollowBegin ||= !/^\s*SELECT\b/.test(sql)
    if (mustFollowBegin) await begun
    return attempt(sql, parameters)
  }

  async function commit(): Promise<void> {
    isEnding = true
    await begun
    const { command } = await send(COMMIT, NO_PARAMETERS).catch((error: unknown) => {
      throw failure ?? failureOfCommit(error)
    })
    if (failure !== undefined) throw failure
    if (isTorn) throw new Error('A statement was sent after the commit of its transaction')
    if (command !== 'COMMIT') throw new Error(`PostgreSQL answered a commit with ${command}`)
  }

  const result = await work(createQueries(run))
  await commit()
  return result
}

/** The server has rolled back only if it says why. A Citus cluster that loses a machine may have committed. */
function failureOfCommit(error: unknown): unknown {
  if (error instanceof Ended && !(error instanceof Lost)) return error
  return unavailable('The database failed during a commit, and may or may not have made this change', error)
}
