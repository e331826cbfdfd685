import { type PostgresServer, startPostgres } from './postgres.ts'

let server: PostgresServer | undefined

/**
 * Starts a PostgreSQL for all test files, unless `TEST_DATABASE_URL` names a server on which databases can be created.
 */
export async function globalSetup(): Promise<void> {
  if (process.env.TEST_DATABASE_URL) return
  // These tests never crash the machine, so durability is off. The fault tests start servers of their own.
  server = await startPostgres({ fsync: 'off' })
  process.env.TEST_DATABASE_URL = server.url('postgres')
}

export async function globalTeardown(): Promise<void> {
  await server?.remove()
}
