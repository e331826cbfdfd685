import type { DatabaseSync } from 'node:sqlite'

/**
 * The table sizes of a large registry, in the form of `sqlite_stat1`: the number of rows, then for each leading set of an
 * index's columns the rows that share its values (https://www.sqlite.org/fileformat2.html#the_sqlite_stat1_table).
 *
 * Without statistics, SQLite assumes that a project has ten rows, and scans it instead of using an index. With these, plans
 * suit ten million devices, and are the same in every store and after every start. They are constants because the results
 * of `ANALYZE` on a small store become wrong as it grows.
 */
const STATISTICS: readonly (readonly [table: string, index: string, rows: string])[] = [
  ['devices', 'devices', '10000000 1000000 1'],
  ['devices', 'sqlite_autoindex_devices_2', '10000000 1000000 1'],
  ['devices', 'devices_by_user', '10000000 1000000 3 1'],
  ['devices', 'devices_by_tac', '10000000 1000000 500 1'],
  ['sims', 'sims', '10000000 1000000 1'],
  ['sims', 'sqlite_autoindex_sims_2', '10000000 1000000 1'],
  ['sims', 'sims_by_device', '10000000 1000000 2 1'],
  ['users', 'users', '5000000 500000 1'],
  ['users', 'sqlite_autoindex_users_2', '5000000 500000 1'],
  ['search_pending', 'search_pending', '1000 100 30 1'],
  ['search_texts', 'search_texts', '20000000 2000000 700000 1'],
  ['search_words', 'search_words', '100000000 10000000 3000000 50 1'],
  ['user_tokens', 'user_tokens', '1000000 100000 1'],
  ['user_tokens', 'sqlite_autoindex_user_tokens_2', '1000000 100000 1'],
  ['user_tokens', 'user_tokens_by_user', '1000000 100000 2 1'],
  ['user_tokens', 'user_tokens_by_expiry', '1000000 100000 1'],
  ['idempotency_keys', 'idempotency_keys', '1000000 100000 1'],
  ['idempotency_keys', 'idempotency_keys_by_expiry', '1000000 100000 1'],
  ['tacs', 'tacs', '250000 1'],
  ['tacs', 'tacs_by_model', '250000 2'],
  ['device_models', 'device_models', '100000 1'],
  ['device_models', 'sqlite_autoindex_device_models_2', '100000 10 1'],
  ['device_models', 'device_models_by_brand', '100000 10 1'],
  ['device_models', 'device_models_by_name', '100000 1 1'],
  ['model_aliases', 'model_aliases', '1000 10 1'],
  ['model_aliases', 'model_aliases_by_model', '1000 1'],
  ['merged_models', 'merged_models', '1000 1'],
  ['merged_models', 'merged_models_by_model', '1000 2'],
  ['model_claims', 'model_claims', '100000 2 1'],
  ['tac_claims', 'tac_claims', '100000 2 1'],
]

/** Writes the statistics into the store, unless it has them. Each connection reads them with the schema. */
export function keepStatistics(connection: DatabaseSync): void {
  const wanted = JSON.stringify(STATISTICS)
  const isStored = connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").get() !== undefined
  if (isStored && JSON.stringify(connection.prepare(FIND_STATISTICS).all().map(Object.values)) === wanted) return
  connection.exec('BEGIN IMMEDIATE')
  // Creates the statistics table. ANALYZE runs on an empty table, so it stores nothing.
  connection.exec('CREATE TABLE empty (id INTEGER); ANALYZE empty; DROP TABLE empty; DELETE FROM sqlite_stat1')
  const insert = connection.prepare('INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)')
  for (const row of STATISTICS) insert.run(...row)
  connection.exec('COMMIT')
  readStatistics(connection)
}

const FIND_STATISTICS = 'SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY rowid'

/** Reads the statistics again, as the connection that changed the schema must. */
export function readStatistics(connection: DatabaseSync): void {
  connection.exec('ANALYZE sqlite_schema')
}
