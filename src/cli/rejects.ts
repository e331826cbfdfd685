import { closeSync, openSync, writeSync } from 'node:fs'
import { SetupError } from '../errors.ts'

/** The file of the rows that an import did not take; made only when there is one, for its owner's eyes alone. */
export interface Rejects {
  /** Adds text: a row with its line end. Throws `SetupError` where it cannot be written. */
  write(row: string): void
  /** Gives the file's path, or null when nothing was rejected. */
  close(): string | null
}

/** Rejects at this path, below this header with its line end. */
export function createRejects(path: string, header: string): Rejects {
  let file: number | undefined
  return {
    write(row) {
      try {
        if (file === undefined) {
          file = openSync(path, 'w', 0o600)
          writeSync(file, header)
        }
        writeSync(file, row)
      } catch (error) {
        const { message } = error as Error
        throw new SetupError(`Cannot write the rejected rows: ${message}. Choose another place with --rejects.`)
      }
    },
    close() {
      if (file === undefined) return null
      closeSync(file)
      return path
    },
  }
}
