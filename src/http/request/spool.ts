import { randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HttpSettings } from '../../config.ts'
import { ApiError, unavailable } from '../../errors.ts'

/** A complete text on disk. */
export interface Spool {
  /** Its size in bytes. */
  readonly length: number
  /** Writes all of it, then deletes it. */
  send(write: (piece: Buffer) => Promise<void>): Promise<void>
}

export interface Spools {
  /** Stores what `work` writes for a project. Throws 503 beyond the bounds, and stores nothing then. */
  fill(project: string, work: (write: (text: string | Buffer) => Promise<void>) => Promise<void>): Promise<Spool>
}

const MIB = 1_048_576
const PIECE = 65_536

/** Files for responses whose length must be known before they are sent. They have no name, so none is ever left behind. */
export function createSpools({ maxSpool, projectSpool }: Pick<HttpSettings, 'maxSpool' | 'projectSpool'>): Spools {
  const held = new Map<string, number>()
  let total = 0

  function take(project: string, bytes: number): void {
    const ofProject = (held.get(project) ?? 0) + bytes
    if (ofProject > projectSpool * MIB || total + bytes > maxSpool * MIB) throw tooLarge()
    held.set(project, ofProject)
    total += bytes
  }

  function release(project: string, bytes: number): void {
    const left = (held.get(project) ?? 0) - bytes
    if (left > 0) held.set(project, left)
    else held.delete(project)
    total -= bytes
  }

  return {
    async fill(project, work) {
      const file = await onDisk(openUnnamed)
      let length = 0
      const close = () => {
        release(project, length)
        return file.close()
      }
      try {
        await work(async (text) => {
          const piece = Buffer.from(text)
          take(project, piece.length)
          length += piece.length
          await onDisk(() => file.appendFile(piece))
        })
      } catch (error) {
        await close()
        throw error
      }
      return { length, send: (write) => sendAll(file, length, write).finally(close) }
    },
  }
}

/** Opens a file that only this process can reach: it has no name from here on, and ends with the process. */
async function openUnnamed(): Promise<FileHandle> {
  const path = join(tmpdir(), `handset-export-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  try {
    await unlink(path)
  } catch (error) {
    await file.close()
    throw error
  }
  return file
}

async function sendAll(file: FileHandle, length: number, write: (piece: Buffer) => Promise<void>): Promise<void> {
  for (let position = 0; position < length; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(PIECE), 0, PIECE, position)
    if (bytesRead === 0) throw new Error('The spool file is shorter than what was written')
    await write(buffer.subarray(0, bytesRead))
    position += bytesRead
  }
}

async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw unavailable('The export cannot be stored in the temporary directory', error)
  }
}

function tooLarge(): ApiError {
  return new ApiError('serviceUnavailable', 'The export is too large for HTTP/1.0', {
    hint: 'Use HTTP/1.1, which needs no length in advance. For nginx: proxy_http_version 1.1.',
    headers: { 'retry-after': '1' },
  })
}
