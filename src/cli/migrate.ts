import { Command } from 'commander'
import { distribute } from '../db/citus.ts'
import { appliedVersion } from '../db/migrate.ts'
import { currentTables } from '../db/tables.ts'
import { SetupError } from '../errors.ts'
import { nameOf, openMigrated } from '../serve/open.ts'
import { print } from './print.ts'
import { configOf } from './with-context.ts'

/** `handset migrate` */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('Migrate a store to the schema of this version, as handset serve does when it starts, and exit.')
    .option('--citus', 'then distribute the tables over a Citus cluster, by project or as copies on every machine')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  DATABASE_URL=postgres://handset@db.example.com:5432/handset handset migrate')
    .action(async ({ citus, json }: { citus?: boolean; json?: boolean }, command: Command) => {
      const config = configOf(command)
      if (citus && config.databaseUrl === undefined) throw new SetupError('--citus is for PostgreSQL: set DATABASE_URL')
      const db = await openMigrated(config)
      try {
        const schema = await appliedVersion(db)
        const distributed = citus ? await distribute(db, await currentTables()) : []
        const suffix = distributed.length === 0 ? '' : `\nDistributed ${distributed.join(', ')}.`
        print(
          json,
          { store: nameOf(config), schema, distributed },
          `${nameOf(config)} is at schema ${schema}.${suffix}`,
        )
      } finally {
        await db.close()
      }
    })
}
