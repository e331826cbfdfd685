import { importStarterCatalogue } from './catalogue/starter.ts'
import type { Config } from './config.ts'
import { migrate } from './db/migrate.ts'
import { openSqlite } from './db/sqlite.ts'
import { createRegistry, type Registry } from './resources/registry.ts'

/**
 * Opens the store that the settings name and brings it up to date: schema and starter catalogue.
 *
 * Throws `SetupError`, in one line, when it can't be used.
 */
export async function openRegistry(config: Config): Promise<Registry> {
  const db = openSqlite(config.databaseFile)
  try {
    await migrate(db, Date.now)
    const registry = createRegistry(db, Date.now)
    await importStarterCatalogue(registry)
    return registry
  } catch (error) {
    await db.close()
    throw error
  }
}
