import { unavailable } from '../../errors.ts'
import { UniqueViolation } from '../port.ts'

/** SQLite's primary result codes for transient failures: https://www.sqlite.org/rescode.html */
const UNAVAILABLE = new Map([
  [5, 'The database is locked by another process'],
  [6, 'The database is locked by another process'],
  [8, 'The database is read-only'],
  [10, 'The disk under the database failed'],
  [11, 'The database file is damaged'],
  [13, 'The disk under the database is full'],
  [14, 'The database file cannot be opened'],
  [26, 'The database file is damaged'],
])
const BUSY = 5
const CONSTRAINT_PRIMARY_KEY = 1555
const CONSTRAINT_UNIQUE = 2067

/** Translates an error of the driver into one that the port promises. Returns any other error unchanged. */
export function translateError(error: unknown): unknown {
  const { code, errcode } = error as { code?: string; errcode?: number }
  if (code !== 'ERR_SQLITE_ERROR' || errcode === undefined) return error
  if (errcode === CONSTRAINT_UNIQUE || errcode === CONSTRAINT_PRIMARY_KEY) {
    return new UniqueViolation('A row with this key already exists', { cause: error })
  }
  const reason = UNAVAILABLE.get(primaryCode(errcode))
  return reason ? unavailable(reason, error) : error
}

/** Whether another connection holds the lock that a statement needs. */
export function isBusy(error: unknown): boolean {
  const { errcode = 0 } = error as { errcode?: number }
  return primaryCode(errcode) === BUSY
}

/** The low byte of an extended result code. */
function primaryCode(errcode: number): number {
  return errcode & 0xff
}
