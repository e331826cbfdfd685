import postgres from 'postgres'
import { unavailable } from '../../errors.ts'
import { UniqueViolation } from '../port.ts'
import type { Connection } from './connection.ts'

/**
 * The call conflicted with another transaction, and a new attempt may succeed. Codes: PostgreSQL Appendix A,
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const RETRIED = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '23503', // foreign_key_violation: a row that we have just seen was deleted, or now points at a row that we delete
])

/** read_only_sql_transaction: the server has become a standby. */
const READ_ONLY = '25006'

const UNIQUE_VIOLATIONS = new Set([
  '23505', // unique_violation
  '42P07', // duplicate_table
  '42710', // duplicate_object: the row type of a table that was created a moment before
])

/** Error codes, or classes of them, for transient failures. */
const UNAVAILABLE = new Set([
  '08', // connection exception
  '28', // invalid authorization: a password that was changed
  '53', // insufficient resources: disk full, too many connections
  '57', // operator intervention: shutdown, a statement that took too long
  '58', // system error: I/O
  '42501', // insufficient_privilege: revoked, or never granted
])

/** Where Citus reports, as an internal error, that its server is shutting down while it waits for another machine. */
const CITUS_ENDS = new Set(['ProcessWaitEvents', 'ProcessWaitEventsForSocketClosed'])

/** Where Citus reports, as an internal error, that a shard was moved or split after the statement was planned. */
const CITUS_MOVED = 'LookupShardRelationFromCatalog'

/** division_by_zero: a statement's check that a shard is there has failed (see `shard-statements.ts`). */
const CHECK_FAILED = '22012'

const MISSING_TABLE = '42P01' // undefined_table

/** Something else ended a call before its commit. It changed nothing, and may be retried. */
export class Ended extends Error {}

/** The connection was lost while a statement was in flight. */
export class Lost extends Ended {}

/** Shards of a Citus cluster are not where this process found them. */
export class Moved extends Ended {}

/** Whether shards are where this process found them is unknown. */
export class Unproven extends Ended {}

/** A table is missing: before a migration, or a shard that has moved. */
export class MissingTable extends Error {}

/** The server takes no changes. It may be promoted, or another server may be found, within the time of the call. */
export class OnStandby extends Ended {}

/** Whether the server has become a standby, which takes no writes. */
export function isReadOnly(error: unknown): boolean {
  return codeOf(error) === READ_ONLY
}

/**
 * Translates the failure of a statement into an error that the port promises. Of PostgreSQL's own errors it passes on
 * only the code: their texts quote values, and an error may be logged.
 */
export function translateError(connection: Connection, error: unknown): unknown {
  if (isLost(connection, error)) return new Lost('The connection was lost')
  if (!(error instanceof postgres.PostgresError)) return error
  const { code, routine } = error
  if (RETRIED.has(code)) return new Ended(`PostgreSQL ended the transaction: ${code}`)
  if (code === CHECK_FAILED || routine === CITUS_MOVED) return new Moved('The shards have moved')
  if (UNIQUE_VIOLATIONS.has(code)) return new UniqueViolation('A row with this key already exists')
  const withoutValues = new (code === MISSING_TABLE ? MissingTable : Error)(
    `PostgreSQL rejected a statement: ${code} ${routine}`,
  )
  const isPassing = UNAVAILABLE.has(code) || UNAVAILABLE.has(code.slice(0, 2)) || CITUS_ENDS.has(routine)
  return isPassing ? unavailable('The database is unavailable', withoutValues) : withoutValues
}

/** Whether a statement failed because its connection is gone. A socket may fail before it reports that it is closed. */
export function isLost(connection: Connection, error: unknown): boolean {
  const isSocketError = 'syscall' in (error as Error) || codeOf(error).startsWith('ERR_SSL')
  if (isSocketError) connection.destroy()
  return !connection.isOpen
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? '')
}
