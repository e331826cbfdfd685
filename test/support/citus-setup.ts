import { randomBytes } from 'node:crypto'
import { ALONE, administer, citusMachines, urlOf } from './citus.ts'

const name = `handset_test_template_${randomBytes(6).toString('hex')}`

/**
 * Creates a template on every machine of the cluster: a database with the extension, which takes longer to install than
 * everything else that a test database needs.
 */
export async function globalSetup(): Promise<void> {
  for (const machine of citusMachines()) {
    await administer(machine, ...ALONE, `CREATE DATABASE ${name}`)
    await administer(urlOf(machine, name), 'CREATE EXTENSION citus')
    // The extension's own process would otherwise keep a connection to it, and a template may have none.
    await administer(
      machine,
      `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
    )
  }
  process.env.HANDSET_TEST_CITUS_TEMPLATE = name
}

export async function globalTeardown(): Promise<void> {
  for (const machine of citusMachines()) {
    await administer(machine, ...ALONE, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  }
}
