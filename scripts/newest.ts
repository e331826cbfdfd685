import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** The modification time of the newest of these files of the repository, in milliseconds, or 0 if there is none. */
export function newest(patterns: readonly string[]): number {
  return Math.max(0, ...globSync(patterns, { cwd: root }).map((file) => statSync(join(root, file)).mtimeMs))
}
