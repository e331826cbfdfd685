import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { isBusy } from './errors.ts'

/** How long other writers may wait, and this process with them, in milliseconds. */
const TIMEOUT = 250

/** The largest file that is rewritten, in bytes. That takes up to a fifth of a second, for which writers wait. */
const MAX_REWRITTEN = 16 * 1024 * 1024

/**
 * Removes deleted data from the files of a store. Truncates the write-ahead log, which holds older versions of pages.
 * Rewrites a small file: when SQLite moves rows between pages, `secure_delete` leaves copies in their unused parts. Does
 * nothing if nothing was written since the last time, and stops if a long read or another writer is in the way.
 */
export function eraseDeleted(path: string): void {
  if (statSync(`${path}-wal`).size === 0) return
  // With a connection of its own, because its time limit is shorter.
  const connection = new DatabaseSync(path, { timeout: TIMEOUT })
  try {
    if (statSync(path).size <= MAX_REWRITTEN) connection.exec('VACUUM')
    connection.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
  } catch (error) {
    if (!isBusy(error)) throw error
  } finally {
    connection.close()
  }
}
