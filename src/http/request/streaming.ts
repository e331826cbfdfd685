import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { Logger } from 'pino'
import type { HttpSettings } from '../../config.ts'
import { NDJSON_TYPE } from '../../contract/media-types.ts'
import type { Operation } from '../../contract/operation.ts'
import { ApiError, unavailable } from '../../errors.ts'
import type { Exchange, Step, Streamed, Streaming } from '../exchange.ts'
import type { Lifecycle } from '../lifecycle.ts'
import type { Exports } from '../limits/exports.ts'
import { createPace, type Pace } from '../limits/pace.ts'
import { discardRest } from './discard.ts'
import { toApiError } from './errors.ts'
import { createSpools, type Spools } from './spool.ts'

type Work = (write: (piece: string | Buffer) => Promise<void>) => Promise<void>

/** The longest time that one import may stream, in milliseconds. */
const LONGEST = 60 * 60 * 1000

const EXPORT = {
  name: 'The export',
  tooLarge: {
    message: 'The export is too large for HTTP/1.0',
    hint: 'Use HTTP/1.1, which needs no length in advance. For nginx: proxy_http_version 1.1.',
  },
}

const RESULTS = {
  name: 'The results of the import',
  tooLarge: {
    message: 'The results of the import take too much space, and the rest of the body was not imported',
    hint: 'Correct the rejected rows or split the file, and send it again: rows that are already stored are recognised.',
  },
}

/** The parts of the server that streams use. */
interface Parts {
  logger: Logger
  exports: Exports
  /** Checks the caller's token again. */
  recheck: Step
}

type Terms = Pick<HttpSettings, 'requestTimeout' | 'exportTimeout' | 'minBodyRate' | 'maxSpool' | 'projectSpool'>

/**
 * Lets operations stream. The client may not keep the server waiting for longer than `requestTimeout` seconds, and a
 * body must arrive at the minimum rate. The time that the server itself takes does not count. An export ends after
 * `exportTimeout` seconds, an import after an hour. When the server stops, only the results of imports are still sent.
 */
export function allowStreaming(lifecycle: Lifecycle, terms: Terms, parts: Parts): (operation: Operation) => Step {
  const closing = new AbortController()
  const closed = new AbortController()
  const spools = createSpools(terms)
  lifecycle.beforeClose(() => {
    closing.abort(unavailable('The server is shutting down'))
    setTimeout(() => closed.abort(closing.signal.reason), terms.requestTimeout * 1000).unref()
  })
  return ({ stream }) => {
    const isExport = stream?.body === undefined
    const longest = isExport ? terms.exportTimeout * 1000 : LONGEST
    return (exchange) => {
      const times = { patience: terms.requestTimeout * 1000, longest, closing: closing.signal, closed: closed.signal }
      exchange.streaming = createStreaming(exchange, { ...parts, spools }, createPace(terms), times)
    }
  }
}

/** When streams end. Times are in milliseconds. */
interface Times {
  /** How long the client may keep the server waiting. */
  patience: number
  /** How long the stream may take. */
  longest: number
  /** The server begins to stop, and stops waiting for clients that read results. */
  closing: AbortSignal
  closed: AbortSignal
}

/** A response that is sent piece by piece. */
interface Sent {
  /** Its name in the log. */
  what: string
  type: string
  length: number | null
}

function createStreaming(
  exchange: Exchange,
  { logger, exports, recheck, spools }: Parts & { spools: Spools },
  { isTooSlow }: Pace,
  { patience, longest, closing, closed }: Times,
): Streaming {
  const { request, reply, caller } = exchange
  const gone = new AbortController()
  const ends = AbortSignal.any([gone.signal, AbortSignal.timeout(longest)])
  const ending = AbortSignal.any([closing, ends])
  const endingResults = AbortSignal.any([closed, ends])
  reply.once('close', () => gone.abort())

  function reasonOfEnd(): unknown {
    if (gone.signal.aborted) return tooSlow('has gone')
    return closing.aborted ? closing.reason : tooLong(longest)
  }

  /** Awaits something, unless it takes too long or the stream ends. */
  async function inTime<T>(
    awaited: (signal: AbortSignal) => Promise<T>,
    late: ApiError,
    ending: AbortSignal,
  ): Promise<T> {
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(late), patience)
    const end = () => stop.abort(reasonOfEnd())
    ending.addEventListener('abort', end)
    if (ending.aborted) end()
    try {
      return await Promise.race([awaited(stop.signal), rejection(stop.signal)])
    } finally {
      clearTimeout(timer)
      ending.removeEventListener('abort', end)
    }
  }

  function logged(error: unknown): ApiError {
    const failure = toApiError(error)
    if (failure.type === 'internal') logger.error({ reqId: request.id, err: failure.cause ?? error }, failure.type)
    return failure
  }

  /** Sends what `work` writes, as fast as the client takes it. */
  function send({ what, type, length }: Sent, ending: AbortSignal, work: Work): Streamed {
    // It may fail before or after the response listens to it.
    const stream = new PassThrough().on('error', () => {})
    const taken = (event: string, from: PassThrough | typeof reply) =>
      inTime((signal) => once(from, event, { signal }), tooSlow('reads'), ending)

    async function write(piece: string | Buffer): Promise<void> {
      if (stream.destroyed) throw tooSlow('has gone')
      if (ending.aborted) throw reasonOfEnd()
      if (!stream.write(piece)) await taken('drain', stream)
    }

    async function run(): Promise<void> {
      try {
        await work(write)
        stream.end()
        // Without a reader, the last pieces would stay here.
        await taken('finish', reply)
      } catch (error) {
        const failure = logged(error)
        // The client only sees that the connection is cut.
        logger.warn({ reqId: request.id, reason: failure.message }, `${what} cut off`)
        stream.destroy(failure)
        reply.destroy()
      }
    }

    run()
    return { status: 200, type, stream, length }
  }

  function sendExport(type: string, length: number | null, work: Work): Streamed {
    // HEAD responds with the headers of GET, without reading any rows.
    if (request.method === 'HEAD') return { status: 200, type, stream: new PassThrough().end(), length }
    const end = exports.begin(caller.project.id)
    return send({ what: 'export', type, length }, ending, (write) =>
      work(async (piece) => {
        await recheck(exchange)
        await write(piece)
      }).finally(end),
    )
  }

  return {
    needsLength: request.raw.httpVersion === '1.0' && request.method !== 'HEAD',
    async *pieces() {
      const iterator: AsyncIterator<Buffer> = request.raw.iterator({ destroyOnReturn: false })
      let waited = 0
      let received = 0
      for (;;) {
        const start = performance.now()
        const { value, done } = await inTime(() => iterator.next(), tooSlow('sends'), ending)
        if (done) return
        waited += performance.now() - start
        received += value.length
        if (isTooSlow(waited, received)) throw tooSlow('sends')
        await recheck(exchange)
        yield value
      }
    },
    async respondResults(work) {
      const spool = spools.open(caller.project.id, RESULTS)
      const last = await work(spool.write, logged)
      discardRest(request.raw, patience)
      const length = spool.length + Buffer.byteLength(last)
      return send({ what: 'import results', type: NDJSON_TYPE, length }, endingResults, async (write) => {
        await spool.send(write)
        await write(last)
      })
    },
    respondSnapshot: (type, work) => sendExport(type, null, work),
    async respondSpooled(type, work) {
      const end = exports.begin(caller.project.id)
      const spool = spools.open(caller.project.id, EXPORT)
      try {
        await work(async (piece) => {
          if (ending.aborted) throw reasonOfEnd()
          await spool.write(piece)
        })
      } catch (error) {
        await spool.close()
        throw error
      } finally {
        end()
      }
      // Sending counts as an export too; nothing can come between the end of the one and the start of the other.
      return sendExport(type, spool.length, spool.send)
    },
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function tooLong(longest: number): ApiError {
  return unavailable(`It took longer than ${longest / 1000} s`)
}

function tooSlow(what: 'sends' | 'reads' | 'has gone'): ApiError {
  const message = what === 'has gone' ? 'The client disconnected' : `The client ${what} too slowly`
  return new ApiError('malformed', message, {
    hint: 'Send the file again: rows that are already stored are recognised.',
  })
}
