import { statSync } from 'node:fs'
import { unavailable } from '../../errors.ts'

/** How often a server checks the files while nothing is written, in milliseconds. */
const INTERVAL = 1_000

/** Notices when the files of an open store are deleted or replaced, or their disk is unmounted. */
export interface FilePresence {
  /** Throws 503 if the files at the store's paths are not the open ones. Costs two `stat`s. */
  check(): void
  /** Throws the same error if the last check failed and the files have not returned since. Costs nothing otherwise. */
  require(): void
  /** Checks regularly. Calls `listener` with the problem when one begins, and with undefined when it ends. */
  watch(listener: (problem: string | undefined) => void): void
  /** Ends `watch`. */
  close(): void
}

/**
 * Remembers the files of a store that has just been opened, by device and inode. SQLite goes on writing into a file that
 * has no name any more, so without this, a write would be acknowledged and lost.
 *
 * It never opens the files: closing them again would drop SQLite's locks (https://www.sqlite.org/howtocorrupt.html §2.2).
 */
export function createFilePresence(path: string): FilePresence {
  const files = [
    { path, problem: 'The database file was deleted or replaced', identity: identify(path) },
    {
      path: `${path}-wal`,
      problem: 'The log of the database was deleted or replaced',
      identity: identify(`${path}-wal`),
    },
  ]
  let problem: string | undefined
  let listener: (problem: string | undefined) => void = () => {}
  let timer: NodeJS.Timeout | undefined

  function look(): string | undefined {
    const found = files.find((file) => identify(file.path) !== file.identity)?.problem
    if (found !== problem) {
      problem = found
      listener(problem)
    }
    return problem
  }

  function check(): void {
    if (look() !== undefined) throw unavailable(problem as string)
  }

  return {
    check,
    require() {
      if (problem !== undefined) check()
    },
    watch(onChange) {
      listener = onChange
      timer = setInterval(look, INTERVAL).unref()
    },
    close: () => clearInterval(timer),
  }
}

/** The device and inode at a path; undefined if there is no file, or its disk fails. */
function identify(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    return undefined
  }
}
