import type { Queries } from '../port.ts'

/** The queries of one write. */
export interface WriteQueries {
  queries: Queries
  /** Ends the write. Throws the error of the first statement that has failed, which its work may not have awaited. */
  end(): void
}

/**
 * Creates the queries of one write. After a statement has failed, all others fail too, because SQLite may have ended the
 * transaction: they would each be committed alone.
 */
export function createWrite({ all, get, run, insert }: Queries): WriteQueries {
  let failure: unknown
  let isOver = false

  function attempt<Result>(statement: () => Result): Result {
    if (failure !== undefined) throw failure
    if (isOver) throw new Error('A statement came after the end of its transaction')
    try {
      return statement()
    } catch (error) {
      failure = error
      throw error
    }
  }

  return {
    queries: {
      all: (sql, parameters) => attempt(() => all(sql, parameters)),
      get: (sql, parameters) => attempt(() => get(sql, parameters)),
      run: (sql, parameters) => attempt(() => run(sql, parameters)),
      insert: (table, columns, rows, onConflict) => attempt(() => insert(table, columns, rows, onConflict)),
    },
    end() {
      isOver = true
      if (failure !== undefined) throw failure
    },
  }
}
