import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Role } from '../contract/operation.ts'
import { DEMO_PROJECT, makeDemo } from './jobs/demo.ts'
import { openForRequests } from './open.ts'
import { startServer } from './server.ts'

/** A store with only the starter catalogue. The package includes it; a checkout creates one at each start. */
const NEW_STORE = new URL('new-store.db', import.meta.url)

/**
 * Starts a server on a temporary store, with these settings and a key of this role. Throws `SetupError` if it cannot
 * listen.
 */
export async function startEphemeral(settings: Config, logger: Logger, role: Role = 'admin') {
  // A file, because the store may open a second connection. In memory, two SQLite connections have either separate
  // databases or, with a shared cache, table locks that a reader does not wait for.
  const directory = await mkdtemp(join(tmpdir(), 'handset-'))
  const http = { ...settings.http, webhooks: { ...settings.http.webhooks, allowsLoopback: true } }
  const config = {
    ...settings,
    databaseFile: join(directory, 'handset.db'),
    databaseUrl: undefined,
    isDurable: false,
    http,
  }
  try {
    await copyNewStore(config.databaseFile)
    const context = await openForRequests(config)
    try {
      const { token, code } = await makeDemo(context, role)
      const { address, stop } = await startServer(config, context, logger)
      return {
        url: address,
        token,
        code,
        project: DEMO_PROJECT,
        async stop() {
          await stop()
          await rm(directory, { recursive: true })
        },
      }
    } catch (error) {
      await context.db.close()
      throw error
    }
  } catch (error) {
    await rm(directory, { recursive: true })
    throw error
  }
}

async function copyNewStore(databaseFile: string): Promise<void> {
  try {
    await copyFile(NEW_STORE, databaseFile)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
