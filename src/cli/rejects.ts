import { closeSync, fstatSync, ftruncateSync, openSync, type Stats, statSync, unlinkSync, writeSync } from 'node:fs'
import { join, parse } from 'node:path'
import { SetupError } from '../errors.ts'

/** The rejects file of an import. Only its owner can read it. */
export interface Rejects {
  /** Adds a row, with its line end. Throws `SetupError` if it cannot be written. */
  write(row: string): void
  /**
   * Returns the file's path, or null if nothing was rejected, in which case there is no file. Can be called more than
   * once.
   */
  close(): string | null
}

export interface RejectsOptions {
  /** The path that the user chose, if any. */
  path: string | undefined
  /** The path to use otherwise. If it exists, a number is added to it. */
  fallback: string
  /** The first line of the file, with its line end. */
  header: string
  /** The path that the import reads, `-` for standard input. */
  input: string
  /** Whether a file that exists may be overwritten. */
  force: boolean
}

const STANDARD_INPUT = 0

/**
 * Opens a file for rejected rows. Throws `SetupError` if it cannot be written, if it is the file that the import reads
 * (also through a link), or if it exists and may not be overwritten.
 */
export function openRejects({ path: chosen, fallback, header, input, force }: RejectsOptions): Rejects {
  const path = chosen ?? (force ? fallback : freePath(fallback))
  const existing = statOf(path)
  if (existing !== undefined && isSameFile(existing, input)) {
    throw new SetupError('The rejects file is the file that is imported. Choose another with --rejects.')
  }
  if (existing?.isFile() && existing.size > 0 && !force) {
    throw new SetupError(
      `The rejects file ${path} exists. Choose another with --rejects, or overwrite it with --force.`,
    )
  }
  const file = attempt(() => openSync(path, existing === undefined ? 'wx' : 'r+', 0o600))
  if (existing?.isFile()) attempt(() => ftruncateSync(file))
  let isEmpty = true
  let isOpen = true
  return {
    write(row) {
      attempt(() => writeSync(file, isEmpty ? header + row : row))
      isEmpty = false
    },
    close() {
      if (isOpen) {
        closeSync(file)
        if (isEmpty && (existing === undefined || existing.isFile())) unlinkSync(path)
      }
      isOpen = false
      return isEmpty ? null : path
    },
  }
}

/** The first of `NAME.csv`, `NAME.2.csv`, `NAME.3.csv` … that can be written without overwriting anything. */
function freePath(path: string): string {
  const { dir, name, ext } = parse(path)
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? path : join(dir, `${name}.${number}${ext}`)
    const existing = statOf(candidate)
    if (existing === undefined || !existing.isFile() || existing.size === 0) return candidate
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false })
}

function isSameFile({ dev, ino }: Stats, input: string): boolean {
  const read = input === '-' ? fstatSync(STANDARD_INPUT) : statOf(input)
  return read?.isFile() === true && read.dev === dev && read.ino === ino
}

function attempt<T>(step: () => T): T {
  try {
    return step()
  } catch (error) {
    const { message } = error as Error
    throw new SetupError(`Cannot write the rejected rows: ${message}. Choose another place with --rejects.`)
  }
}
