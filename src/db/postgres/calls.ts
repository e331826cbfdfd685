import { setTimeout as pause } from 'node:timers/promises'
import { unavailable } from '../../errors.ts'
import { Ended, OnStandby } from './errors.ts'
import type { Call } from './pool.ts'

/** How long after PostgreSQL's own time-out a call waits for its result, in milliseconds. After that none will come. */
const GRACE = 2_000

/** How often a call is attempted while it conflicts with other transactions. */
const MAX_TRIES = 40

/** Milliseconds before the second attempt, at most. The limit doubles with each further one. */
const FIRST_PAUSE = 4
const LONGEST_PAUSE = 250

export type RunCall = <T>(isTransaction: boolean, attempt: (call: Call) => Promise<T>) => Promise<T>

/**
 * Creates a function that runs a call within the time limit of a store: `patience` is that of its statements, in
 * milliseconds. It retries a call that fails for a transient reason, and closes a connection on which PostgreSQL does
 * not respond.
 */
export function createCalls(patience: number): RunCall {
  return (isTransaction, attempt) => {
    const call: Call = { isTransaction, connection: null, isOver: false }
    if (patience === Infinity) return retry(call, attempt)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        call.isOver = true
        const { connection } = call
        if (connection && (isTransaction || performance.now() - connection.heardAt > GRACE)) connection.destroy()
        reject(unavailable('The database did not respond in time'))
      }, patience + GRACE)
      retry(call, attempt)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer))
    })
  }
}

/** Retries a call that failed for a transient reason, after a growing random pause. */
async function retry<T>(call: Call, attempt: (call: Call) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt(call)
    } catch (error) {
      if (!(error instanceof Ended)) throw error
      if (tries >= MAX_TRIES || call.isOver) throw unavailable(reasonOf(error), error)
    }
    await pause(Math.random() * Math.min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE))
  }
}

function reasonOf(error: Ended): string {
  return error instanceof OnStandby
    ? 'The database accepts no changes: it is a standby'
    : 'The transaction conflicted with others too often'
}
