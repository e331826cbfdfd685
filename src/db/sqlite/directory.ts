import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** The mode of a directory that only its owner may read. */
const OWNER_ONLY = 0o700

/**
 * Creates a directory and its missing parents, for their owner only. Does nothing if the directory exists.
 *
 * Node's own recursive `mkdir` never returns below a directory such as /proc, which denies a new entry with ENOENT.
 */
export function createDirectory(path: string): void {
  const missing: string[] = []
  for (let directory = resolve(path); !existsSync(directory); directory = dirname(directory)) missing.unshift(directory)
  for (const directory of missing) {
    try {
      mkdirSync(directory, { mode: OWNER_ONLY })
    } catch (error) {
      // Another process may have created it.
      if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) throw error
    }
  }
}
