import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'

/** The modes of a directory and of a file that only their owner may use. */
const OWNED_DIRECTORY = 0o700
const OWNED_FILE = 0o600

/** What the group and all other users may do. */
const OTHERS = 0o077

/** A directory such as /tmp, which many users share (sticky bit). */
const SHARED = 0o1000

/** Windows has no such modes. */
const hasModes = process.platform !== 'win32'

/**
 * Creates a directory and its missing parents, for their owner only, whatever the umask. Does nothing if the directory
 * exists.
 *
 * Node's own recursive `mkdir` never returns below a directory such as /proc, which denies a new entry with ENOENT.
 */
export function createDirectory(path: string): void {
  const missing: string[] = []
  for (let directory = resolve(path); !existsSync(directory); directory = dirname(directory)) missing.unshift(directory)
  for (const directory of missing) {
    try {
      mkdirSync(directory)
      chmodSync(directory, OWNED_DIRECTORY)
    } catch (error) {
      // Another process may have created it.
      if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) throw error
    }
  }
}

/**
 * Creates an empty file for its owner only, whatever the umask. Does nothing if the file exists.
 *
 * It never opens a file that exists: closing it again would drop the locks that SQLite holds on it
 * (https://www.sqlite.org/howtocorrupt.html §2.2).
 */
export function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', OWNED_FILE))
    chmodSync(path, OWNED_FILE)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/**
 * Removes the access of the group and other users to a store's files, and to its directory if nothing else is in it.
 * Skips what another user owns. SQLite gives its log the mode of the database.
 */
export function restrictStore(databaseFile: string): void {
  const directory = dirname(databaseFile)
  const isAlone = readdirSync(directory).every((name) => name.startsWith(basename(databaseFile)))
  for (const { path, mode, uid } of openToOthers(databaseFile)) {
    if (uid !== process.getuid?.() || (path === directory && !isAlone)) continue
    try {
      chmodSync(path, mode & ~OTHERS)
    } catch {
      // Some file systems do not support this. Then `handset doctor` reports the mode.
    }
  }
}

/** Returns the commands that remove the access of the group and other users to a store. */
export function restrictingCommands(databaseFile: string): string[] {
  return openToOthers(databaseFile).map(({ path, isDirectory }) => `chmod ${isDirectory ? '700' : '600'} ${path}`)
}

/** The directory and the files of a store that users other than their owner may use. */
function openToOthers(databaseFile: string): { path: string; mode: number; uid: number; isDirectory: boolean }[] {
  if (!hasModes) return []
  const directory = dirname(databaseFile)
  const files = ['', '-wal', '-shm', '-journal'].map((suffix) => `${databaseFile}${suffix}`)
  return [directory, ...files]
    .map((path) => ({ path, stats: statSync(path, { throwIfNoEntry: false }) }))
    .filter((place): place is { path: string; stats: Stats } => place.stats !== undefined)
    .filter(({ stats }) => (stats.mode & OTHERS) !== 0 && !(stats.isDirectory() && stats.mode & SHARED))
    .map(({ path, stats }) => ({ path, mode: stats.mode & 0o7777, uid: stats.uid, isDirectory: stats.isDirectory() }))
}
