import type { DatabaseSync } from 'node:sqlite'

/**
 * How large the tables of a busy registry are, in the form of `sqlite_stat1`: rows, then rows that share each further
 * column of an index (https://www.sqlite.org/fileformat2.html#the_sqlite_stat1_table).
 *
 * Without them SQLite takes a project to hold ten rows, and reads all of it rather than an index: with them a plan is
 * good for ten million devices, and the same on every store and at every start. Nothing is measured: `ANALYZE` on a small
 * store would say what stops being true when it grows.
 */
const STATISTICS: readonly (readonly [table: string, index: string, rows: string])[] = [
  ['devices', 'devices', '10000000 1000000 1'],
  ['devices', 'sqlite_autoindex_devices_2', '10000000 1000000 1'],
  ['devices', 'devices_by_user', '10000000 1000000 3 1'],
  ['devices', 'devices_by_tac', '10000000 1000000 500 1'],
  ['devices', 'devices_by_name', '10000000 1000000 10 1'],
  ['sims', 'sims', '10000000 1000000 1'],
  ['sims', 'sqlite_autoindex_sims_2', '10000000 1000000 1'],
  ['sims', 'sims_by_device', '10000000 1000000 2 1'],
  ['users', 'users', '5000000 500000 1'],
  ['users', 'sqlite_autoindex_users_2', '5000000 500000 1'],
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

/** Puts the statistics into the store, where they are not; each connection reads them with the schema. */
export function keepStatistics(connection: DatabaseSync): void {
  const wanted = JSON.stringify(STATISTICS)
  const isKept = connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").get() !== undefined
  if (isKept && JSON.stringify(connection.prepare(KEPT).all().map(Object.values)) === wanted) return
  connection.exec('BEGIN IMMEDIATE')
  // Makes the table of statistics: of nothing, since no table is analysed that has a row.
  connection.exec('CREATE TABLE empty (id INTEGER); ANALYZE empty; DROP TABLE empty; DELETE FROM sqlite_stat1')
  const insert = connection.prepare('INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)')
  for (const row of STATISTICS) insert.run(...row)
  connection.exec('COMMIT')
  readStatistics(connection)
}

const KEPT = 'SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY rowid'

/** Reads the statistics anew: after a change of the schema, the connection that made it has not. */
export function readStatistics(connection: DatabaseSync): void {
  connection.exec('ANALYZE sqlite_schema')
}
