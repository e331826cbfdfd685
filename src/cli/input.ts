import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { SetupError } from '../errors.ts'

/** Bytes to import, wherever they come from. */
export interface Input {
  stream: Readable
  /** A file name without extension, to name other files after. */
  name: string
  /** In bytes, if it is known beforehand. */
  size: number | undefined
}

/** Opens a path, `-` (standard input) or an http(s) URL. Throws `SetupError` when it can't be read. */
export async function openInput(file: string): Promise<Input> {
  if (file === '-') return { stream: process.stdin, name: 'stdin', size: undefined }
  if (/^https?:\/\//i.test(file)) return openUrl(file)
  try {
    const found = await stat(file)
    if (found.isDirectory()) throw new Error('it is a directory')
    const stream = createReadStream(file)
    await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject))
    return { stream, name: withoutExtension(basename(file)), size: found.size }
  } catch (error) {
    throw new SetupError(`Cannot read ${file}: ${(error as Error).message}`)
  }
}

async function openUrl(text: string): Promise<Input> {
  const url = URL.parse(text)
  if (url === null) throw new SetupError(`Cannot fetch ${text}: it is not a URL`)
  let response: Response
  try {
    response = await fetch(url)
  } catch (error) {
    const { cause } = error as { cause?: Error }
    throw new SetupError(`Cannot fetch ${url.href}: ${cause?.message ?? (error as Error).message}`)
  }
  if (!response.ok || response.body === null) {
    throw new SetupError(`Cannot fetch ${url.href}: the server returned ${response.status} ${response.statusText}`)
  }
  const size = Number(response.headers.get('content-length')) || undefined
  const stream = Readable.fromWeb(response.body as ReadableStream)
  return { stream, name: withoutExtension(basename(url.pathname)) || url.hostname, size }
}

function withoutExtension(name: string): string {
  return name.replace(/\.[^.]+$/, '')
}
