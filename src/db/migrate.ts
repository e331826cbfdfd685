import { SetupError } from '../errors.ts'
import { allowSchemaChanges, isDistributed, placeNewTables } from './citus.ts'
import { HISTORY_NAME, MIGRATIONS, type Migration } from './migrations.ts'
import { type Database, UniqueViolation } from './port.ts'
import { currentTables, tableNames } from './tables.ts'

const HISTORY_TABLE = `CREATE TABLE IF NOT EXISTS ${HISTORY_NAME} (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at TEXT NOT NULL
)`
const INSERT_STEP = 'INSERT INTO schema_migrations (version, name, applied_at) VALUES ($1, $2, $3)'
const FIND_VERSION = 'SELECT version FROM schema_migrations ORDER BY version DESC LIMIT 1'

/** Migrates a database to the schema of this Handset: see `applyMigrations`. */
export function migrate(db: Database, clock: () => number): Promise<void> {
  return applyMigrations(db, MIGRATIONS, clock)
}

/**
 * Applies the migrations that a database lacks, each in a transaction of its own. A database that has them all is not
 * changed. Any number of processes may do this at the same time.
 *
 * Throws `SetupError` for a database that a newer Handset has migrated, because there is no way back, and for one with
 * tables of another program.
 */
export async function applyMigrations(
  db: Database,
  migrations: readonly Migration[],
  clock: () => number,
): Promise<void> {
  const found = await readHistory(db, migrations)
  if (found === migrations.length) return
  const distributed = await isDistributed(db)
  for (let version = found ?? (await makeHistory(db)); version < migrations.length; ) {
    version = await applyNext(db, migrations, clock, distributed).catch(async (error) => {
      if (!(error instanceof UniqueViolation)) throw error
      const applied = await appliedVersion(db)
      if (applied > version) return applied
      throw new SetupError('The database holds tables of another program. Give Handset a database of its own.')
    })
  }
}

/**
 * Applies the next migration; returns the version of the schema. Throws `UniqueViolation` if another process applies it
 * at the same time. In a database that Citus distributes, it also distributes new tables.
 */
function applyNext(
  db: Database,
  migrations: readonly Migration[],
  clock: () => number,
  distributed: boolean,
): Promise<number> {
  return db.transaction(async (tx) => {
    if (distributed) await allowSchemaChanges(tx)
    const applied = await appliedVersion(tx)
    const migration = migrations[applied]
    if (migration === undefined) return applied
    // Before the statements, so that another process at this step waits here until this one has committed.
    await tx.run(INSERT_STEP, [applied + 1, migration.name, new Date(clock()).toISOString()])
    for (const statement of migration.statements) await tx.run(statement)
    if (distributed) await placeNewTables(tx, await currentTables(migrations.slice(0, applied + 1)))
    await migration.fill?.(tx)
    return applied + 1
  })
}

/** The version of a database's schema, or undefined without a history. Throws `SetupError` if it is a later one. */
async function readHistory(db: Database, migrations: readonly Migration[]): Promise<number | undefined> {
  if (!(await tableNames(db, db.engine)).includes(HISTORY_NAME)) return undefined
  const version = await appliedVersion(db)
  if (version > migrations.length) {
    throw new SetupError(
      `The database is at schema ${version}, made by a newer Handset; this one knows ${migrations.length}. Upgrade Handset.`,
    )
  }
  return version
}

/** Creates the history unless another process does at the same time. Returns the version of the schema. */
async function makeHistory(db: Database): Promise<number> {
  const make = () =>
    db.transaction(async (tx) => {
      await tx.run(HISTORY_TABLE)
      return appliedVersion(tx)
    })
  return make().catch((error) => {
    // PostgreSQL's `IF NOT EXISTS` does not see a table that another process is creating.
    if (error instanceof UniqueViolation) return make()
    throw error
  })
}

/** The version of a database's schema. This Handset works only with `MIGRATIONS.length`. */
export async function appliedVersion(tx: Pick<Database, 'get'>): Promise<number> {
  const row = await tx.get<{ version: number }>(FIND_VERSION)
  return row?.version ?? 0
}
