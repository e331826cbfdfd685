import { SetupError } from '../errors.ts'
import { MIGRATIONS } from './migrations.ts'
import { type Database, UniqueViolation } from './port.ts'

/** The table of what was applied when: each database's own. */
export const HISTORY_NAME = 'schema_migrations'

const HISTORY_TABLE = `CREATE TABLE IF NOT EXISTS ${HISTORY_NAME} (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at TEXT NOT NULL
)`

/**
 * Brings the schema up to this version, step by step, each in a transaction; a current one is left as it is. Any number
 * of processes may do so at the same moment.
 *
 * Throws `SetupError` for a database that a newer Handset has changed, since there is no way back, and for one that
 * holds tables of another program.
 */
export async function migrate(db: Database, clock: () => number): Promise<void> {
  for (let version = await prepareHistory(db); version < MIGRATIONS.length; ) {
    version = await takeStep(db, clock).catch(async (error) => {
      if (!(error instanceof UniqueViolation)) throw error
      const applied = await appliedVersion(db)
      if (applied > version) return applied
      throw new SetupError('The database holds tables of another program. Give Handset a database of its own.')
    })
  }
}

/**
 * Takes the next step; gives the version that the schema is at. Throws `UniqueViolation` where another process takes it
 * at the same time.
 */
function takeStep(db: Database, clock: () => number): Promise<number> {
  return db.transaction(async (tx) => {
    const applied = await appliedVersion(tx)
    const migration = MIGRATIONS[applied]
    if (migration === undefined) return applied
    // Before the step itself: another process that comes to it waits here until it is done.
    await tx.run('INSERT INTO schema_migrations (version, name, applied_at) VALUES ($1, $2, $3)', [
      applied + 1,
      migration.name,
      new Date(clock()).toISOString(),
    ])
    for (const statement of migration.statements) await tx.run(statement)
    await migration.fill?.(tx)
    return applied + 1
  })
}

async function prepareHistory(db: Database): Promise<number> {
  const prepare = () =>
    db.transaction(async (tx) => {
      await tx.run(HISTORY_TABLE)
      return appliedVersion(tx)
    })
  const version = await prepare().catch((error) => {
    // PostgreSQL's `IF NOT EXISTS` does not see a table that another process is making.
    if (error instanceof UniqueViolation) return prepare()
    throw error
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
