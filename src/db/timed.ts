import type { Awaitable, Database } from './port.ts'

/** The same store, telling `observe` how many seconds each call took, also one that failed. */
export function timeDatabase(db: Database, observe: (call: string, seconds: number) => void): Database {
  function timed<T>(call: string, work: () => Awaitable<T>): Awaitable<T> {
    const start = performance.now()
    const end = () => observe(call, (performance.now() - start) / 1000)
    let result: Awaitable<T>
    try {
      result = work()
    } catch (error) {
      end()
      throw error
    }
    if (result instanceof Promise) return result.finally(end)
    end()
    return result
  }
  return {
    all: (sql, parameters) => timed('all', () => db.all(sql, parameters)),
    get: (sql, parameters) => timed('get', () => db.get(sql, parameters)),
    run: (sql, parameters) => timed('run', () => db.run(sql, parameters)),
    transaction: async (work) => timed('transaction', () => db.transaction(work)),
    // Its length is its reader's.
    snapshot: (work) => db.snapshot(work),
    close: () => db.close(),
  }
}
