import { HandsetError } from './error.ts'
import type { ErrorBody } from './operations.ts'

/**
 * A streamed response whose body fails with `HandsetError` if it ends early. An import is complete if its last line is the
 * summary; an export is complete unless the connection broke off.
 */
export function requireComplete(response: Response, isImport: boolean): Response {
  if (response.body === null) return response
  const lines = isImport ? lastLines() : null
  const reader = response.body.getReader()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (!done) {
          lines?.add(value)
          controller.enqueue(value)
          return
        }
        const error = lines?.error() ?? null
        if (error === null) controller.close()
        else controller.error(error)
      } catch (cause) {
        controller.error(endedEarly(isImport ? 'import' : 'export', cause))
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
  const { status, statusText, headers } = response
  return new Response(body, { status, statusText, headers })
}

/** Remembers the last two lines of NDJSON: the summary, and the error that can precede it. */
function lastLines() {
  const decoder = new TextDecoder()
  let text = ''
  return {
    add(piece: Uint8Array) {
      text += decoder.decode(piece, { stream: true })
      // The start of the line before the last.
      const end = text.lastIndexOf('\n', text.length - 2)
      const start = end < 0 ? -1 : text.lastIndexOf('\n', end - 1)
      if (start >= 0) text = text.slice(start + 1)
    },
    error(): HandsetError | null {
      const objects = text.split('\n').filter(Boolean).map(readObject)
      if (objects.at(-1)?.object === 'importSummary' && objects.at(-1)?.complete === true) return null
      const found = objects.find(({ object }) => object === 'error') as ErrorBody | undefined
      if (found === undefined) return endedEarly('import')
      const { type, message, code, hint, details } = found
      return new HandsetError(message, { type, status: null, code, hint, details })
    },
  }
}

function readObject(line: string): { object?: unknown; complete?: unknown } {
  try {
    return JSON.parse(line)
  } catch {
    return {}
  }
}

function endedEarly(what: 'import' | 'export', cause?: unknown): HandsetError {
  const hint =
    what === 'import'
      ? 'Send it again: rows that were imported are recognised.'
      : 'Discard what was read, and export again.'
  return new HandsetError(`The ${what} ended early`, { type: 'connectionFailed', status: null, hint, cause })
}
