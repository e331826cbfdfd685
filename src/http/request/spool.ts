import { randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HttpSettings } from '../../config.ts'
import { ApiError, unavailable } from '../../errors.ts'

/** A response that is stored before it is sent: in memory at first, then in a temporary file. */
export interface Spool {
  /** Its size in bytes. */
  readonly length: number
  /** Adds text. Throws 503, and adds nothing, if that exceeds a limit. */
  write(text: string | Buffer): Promise<void>
  /** Sends all of it, then frees its space. */
  send(write: (piece: Buffer) => Promise<void>): Promise<void>
  /** Frees its space. */
  close(): Promise<void>
}

/** What a spool holds, for its errors. */
interface Content {
  name: string
  /** The message and the hint when a limit is exceeded. */
  tooLarge: { message: string; hint: string }
}

export interface Spools {
  open(project: string, content: Content): Spool
}

const MIB = 1_048_576
const PIECE = 65_536

/** The most that a spool holds in memory, in bytes. Beyond that, all of it goes into a file. */
const MAX_IN_MEMORY = 65_536

/** Creates spools. Their files are limited in total and per project, and have no name, so none is left behind. */
export function createSpools({ maxSpool, projectSpool }: Pick<HttpSettings, 'maxSpool' | 'projectSpool'>): Spools {
  const held = new Map<string, number>()
  let total = 0

  function take(project: string, bytes: number): boolean {
    const ofProject = (held.get(project) ?? 0) + bytes
    if (ofProject > projectSpool * MIB || total + bytes > maxSpool * MIB) return false
    held.set(project, ofProject)
    total += bytes
    return true
  }

  function release(project: string, bytes: number): void {
    const left = (held.get(project) ?? 0) - bytes
    if (left > 0) held.set(project, left)
    else held.delete(project)
    total -= bytes
  }

  return {
    open(project, { name, tooLarge }) {
      let inMemory: Buffer[] = []
      let file: FileHandle | null = null
      let length = 0
      let onDisk = 0

      async function append(piece: Buffer): Promise<void> {
        if (!take(project, piece.length))
          throw new ApiError('serviceUnavailable', tooLarge.message, rejection(tooLarge))
        onDisk += piece.length
        try {
          file ??= await openUnnamed()
          await file.appendFile(piece)
        } catch (error) {
          throw unavailable(`${name} cannot be stored in the temporary directory`, error)
        }
      }

      async function close(): Promise<void> {
        const open = file
        inMemory = []
        file = null
        release(project, onDisk)
        onDisk = 0
        await open?.close()
      }

      return {
        get length() {
          return length
        },
        async write(text) {
          const piece = Buffer.from(text)
          if (file === null && length + piece.length <= MAX_IN_MEMORY) inMemory.push(piece)
          else {
            await append(Buffer.concat([...inMemory, piece]))
            inMemory = []
          }
          length += piece.length
        },
        async send(write) {
          try {
            for (const piece of inMemory) await write(piece)
            if (file !== null) await sendFile(file, length, write)
          } finally {
            await close()
          }
        },
        close,
      }
    },
  }
}

/** Opens a file that only this process can reach: it has no name, and is deleted when the process ends. */
async function openUnnamed(): Promise<FileHandle> {
  const path = join(tmpdir(), `handset-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  try {
    await unlink(path)
  } catch (error) {
    await file.close()
    throw error
  }
  return file
}

async function sendFile(file: FileHandle, length: number, write: (piece: Buffer) => Promise<void>): Promise<void> {
  for (let position = 0; position < length; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(PIECE), 0, PIECE, position)
    if (bytesRead === 0) throw new Error('The spool file is shorter than what was written')
    await write(buffer.subarray(0, bytesRead))
    position += bytesRead
  }
}

function rejection({ hint }: Content['tooLarge']) {
  return { hint, headers: { 'retry-after': '1' } }
}
