import { type PostgresServer, startPostgres } from './postgres.ts'

let server: PostgresServer | undefined

/** Before all test files: a PostgreSQL for them, unless `TEST_DATABASE_URL` names one in which databases may be made. */
export async function globalSetup(): Promise<void> {
  if (process.env.TEST_DATABASE_URL) return
  // What a crash of the machine would take is no concern of these tests; the fault tests start servers of their own.
  server = await startPostgres({ fsync: 'off' })
  process.env.TEST_DATABASE_URL = server.url('postgres')
}

export async function globalTeardown(): Promise<void> {
  await server?.remove()
}
