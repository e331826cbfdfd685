import type { Awaitable } from '../domain/awaitable.ts'
import type { Database } from './port.ts'

/** Wraps a store so that `observe` is called with the duration of each call in seconds, failed calls included. */
export function timeDatabase(db: Database, observe: (call: string, seconds: number) => void): Database {
  function timed<T>(call: string, work: () => Awaitable<T>): Awaitable<T> {
    const start = performance.now()
    let isPending = false
    try {
      const result = work()
      isPending = result instanceof Promise
      return result instanceof Promise
        ? result.finally(() => observe(call, (performance.now() - start) / 1000))
        : result
    } finally {
      if (!isPending) observe(call, (performance.now() - start) / 1000)
    }
  }
  return {
    engine: db.engine,
    all: (sql, parameters) => timed('all', () => db.all(sql, parameters)),
    get: (sql, parameters) => timed('get', () => db.get(sql, parameters)),
    run: (sql, parameters) => timed('run', () => db.run(sql, parameters)),
    insert: (...insertion) => timed('insert', () => db.insert(...insertion)),
    transaction: async (work, options) => timed('transaction', () => db.transaction(work, options)),
    scratch() {
      const scratch = db.scratch()
      return { ...scratch, publish: async (work) => timed('transaction', () => scratch.publish(work)) }
    },
    // Not timed: how long a snapshot takes depends on its reader.
    snapshot: (work) => db.snapshot(work),
    version: db.version,
    ...(db.callersVersion && { callersVersion: db.callersVersion }),
    commitsInTurn: db.commitsInTurn,
    versionIsExact: db.versionIsExact,
    gauges: db.gauges,
    close: () => db.close(),
  }
}
