import { DatabaseSync } from 'node:sqlite'
import postgres from 'postgres'

/** A fast path for writing many rows into a store. They become visible to others once it is closed. */
export interface Bulk {
  /** Runs a statement with `$1` parameters that both engines understand. */
  run(sql: string, parameters: readonly (string | number)[]): Promise<void>
  close(): Promise<void>
}

/** The page cache in KiB. New IMEIs go anywhere in their index, and the index of ten million devices fits here. */
const CACHE = 2 * 1024 * 1024

/**
 * A connection to a SQLite file that nobody else uses meanwhile. If the process is killed, the file is unusable.
 * Foreign keys are not checked. Everything is one transaction, since each commit would write most pages of the index of
 * IMEIs. The other indexes of these tables are dropped and rebuilt at the end, sorted once instead of row by row.
 */
export function bulkOfSqlite(file: string, tables: readonly string[]): Bulk {
  const connection = new DatabaseSync(file, { enableForeignKeyConstraints: false })
  // A write-ahead log would store everything twice; a journal stores only the pages that existed before.
  for (const pragma of ['journal_mode = DELETE', 'synchronous = OFF', `cache_size = -${CACHE}`]) {
    connection.exec(`PRAGMA ${pragma}`)
  }
  const indexes = connection
    .prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL
      AND tbl_name IN (SELECT value FROM json_each(?))`)
    .all(JSON.stringify(tables)) as { name: string; sql: string }[]
  for (const { name } of indexes) connection.exec(`DROP INDEX ${name}`)
  connection.exec('BEGIN')
  return {
    async run(sql, parameters) {
      connection.prepare(sql.replaceAll('$', '?')).run(...parameters)
    },
    async close() {
      for (const { sql } of indexes) connection.exec(sql)
      connection.exec('COMMIT')
      connection.close()
    },
  }
}

/** A connection to PostgreSQL that checks no foreign keys, and analyses the tables at the end. */
export async function bulkOfPostgres(url: string): Promise<Bulk> {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} })
  await sql`SET session_replication_role = replica`
  return {
    async run(statement, parameters) {
      await sql.unsafe(statement, [...parameters], { prepare: true })
    },
    async close() {
      await sql`VACUUM ANALYZE`
      await sql.end()
    },
  }
}
