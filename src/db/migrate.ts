import { SetupError } from '../errors.ts'
import { MIGRATIONS } from './migrations.ts'
import type { Database } from './port.ts'

const HISTORY_TABLE = `CREATE TABLE IF NOT EXISTS schema_migrations (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at TEXT NOT NULL
)`

/**
 * Brings the schema up to this version, step by step, each in a transaction; a current one is left as it is.
 *
 * Throws `SetupError` for a database that a newer Handset has changed: there is no way back.
 */
export async function migrate(db: Database, clock: () => number): Promise<void> {
  for (let version = await prepareHistory(db); version < MIGRATIONS.length; ) {
    version = await db.transaction(async (tx) => {
      // Read again: another process may have taken this step meanwhile.
      const applied = await appliedVersion(tx)
      const migration = MIGRATIONS[applied]
      if (migration === undefined) return applied
      for (const statement of migration.statements) await tx.run(statement)
      await tx.run('INSERT INTO schema_migrations (version, name, applied_at) VALUES ($1, $2, $3)', [
        applied + 1,
        migration.name,
        new Date(clock()).toISOString(),
      ])
      return applied + 1
    })
  }
}

async function prepareHistory(db: Database): Promise<number> {
  const version = await db.transaction(async (tx) => {
    await tx.run(HISTORY_TABLE)
    return appliedVersion(tx)
  })
  if (version > MIGRATIONS.length) {
    throw new SetupError(
      `The database is at schema ${version}, made by a newer Handset; this one knows ${MIGRATIONS.length}. Upgrade Handset.`,
    )
  }
  return version
}

/** The schema that a migrated database is at: this version of Handset works with `MIGRATIONS.length` alone. */
export async function appliedVersion(tx: Pick<Database, 'get'>): Promise<number> {
  const row = await tx.get<{ version: number }>('SELECT version FROM schema_migrations ORDER BY version DESC LIMIT 1')
  return row?.version ?? 0
}
