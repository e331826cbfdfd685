import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { HttpSettings } from '../../config.ts'
import { NDJSON_TYPE } from '../../contract/media-types.ts'
import type { Operation } from '../../contract/operation.ts'
import { ApiError, unavailable } from '../../errors.ts'
import type { Exchange, Step, Streaming } from '../exchange.ts'
import type { Exports } from '../limits/exports.ts'
import { createPace } from '../limits/pace.ts'
import { toApiError } from './errors.ts'
import { createSpools, type Spools } from './spool.ts'

/** The longest time that one import may stream, in milliseconds. */
const LONGEST = 60 * 60 * 1000

/** What streams work with. */
interface Parts {
  exports: Exports
  /** Checks the caller's token again. */
  recheck: Step
}

type Terms = Pick<HttpSettings, 'requestTimeout' | 'exportTimeout' | 'minBodyRate' | 'maxSpool' | 'projectSpool'>

/**
 * Lets operations stream. The client may not keep the server waiting for longer than `requestTimeout` seconds, and a
 * body must arrive at the minimum rate. The time that the server itself takes does not count. An export ends after
 * `exportTimeout` seconds, an import after an hour.
 */
export function allowStreaming(app: FastifyInstance, terms: Terms, parts: Parts): (operation: Operation) => Step {
  const closing = new AbortController()
  const spools = createSpools(terms)
  app.addHook('preClose', async () => closing.abort(unavailable('The server is shutting down')))
  return ({ stream }) => {
    const isExport = stream?.body === undefined
    const longest = isExport ? terms.exportTimeout * 1000 : LONGEST
    return (exchange) => {
      exchange.streaming = createStreaming(exchange, { ...parts, spools }, terms, longest, closing.signal)
    }
  }
}

function createStreaming(
  exchange: Exchange,
  { exports, recheck, spools }: Parts & { spools: Spools },
  terms: Terms,
  longest: number,
  closing: AbortSignal,
): Streaming {
  const { request, reply, caller } = exchange
  const patience = terms.requestTimeout * 1000
  const { isTooSlow } = createPace(terms)
  const gone = new AbortController()
  const ending = AbortSignal.any([closing, gone.signal, AbortSignal.timeout(longest)])

  function reasonOfEnd(): unknown {
    if (closing.aborted) return closing.reason
    return gone.signal.aborted ? tooSlow('has gone') : tooLong(longest)
  }

  /** Awaits something, unless it takes too long or the server stops. */
  async function inTime<T>(awaited: (signal: AbortSignal) => Promise<T>, late: ApiError): Promise<T> {
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
    if (failure.type === 'internal') request.log.error({ err: failure.cause ?? error }, failure.type)
    return failure
  }

  const streaming: Streaming = {
    needsLength: request.raw.httpVersion === '1.0' && request.method !== 'HEAD',
    async *pieces() {
      const iterator: AsyncIterator<Buffer> = request.raw.iterator({ destroyOnReturn: false })
      let waited = 0
      let received = 0
      for (;;) {
        const start = performance.now()
        const { value, done } = await inTime(() => iterator.next(), tooSlow('sends'))
        if (done) return
        waited += performance.now() - start
        received += value.length
        if (isTooSlow(waited, received)) throw tooSlow('sends')
        await recheck(exchange)
        yield value
      }
    },
    respond(makePieces) {
      const fail = (error: unknown) => {
        reply.raw.once('finish', () => request.raw.destroy())
        return logged(error)
      }
      const stream = Readable.from(makePieces(fail), { objectMode: false })
      // The status is sent before the end is known: from then on a client must not rely on the connection (RFC 9112 §9.6).
      return { status: 200, type: NDJSON_TYPE, stream, length: null, closesConnection: true }
    },
    respondSnapshot(type, work) {
      // HEAD responds with the headers of GET, without reading any rows.
      const isHead = request.method === 'HEAD'
      const end = isHead ? () => {} : exports.begin(caller.project.id)
      const stream = new PassThrough()
      // The snapshot must not outlive its reader.
      reply.raw.once('close', () => gone.abort())
      const write = async (piece: string | Buffer) => {
        if (stream.destroyed) throw tooSlow('has gone')
        if (ending.aborted) throw reasonOfEnd()
        await recheck(exchange)
        if (!stream.write(piece)) await inTime((signal) => once(stream, 'drain', { signal }), tooSlow('reads'))
      }
      const written = isHead ? Promise.resolve() : work(write).finally(end)
      written.then(
        () => stream.end(),
        (error) => {
          const failure = logged(error)
          // The client only sees that the connection is cut.
          request.log.warn({ reqId: request.id, reason: failure.message }, 'export cut off')
          stream.destroy(failure)
        },
      )
      return { status: 200, type, stream, length: null, closesConnection: false }
    },
    async respondSpooled(type, work) {
      const end = exports.begin(caller.project.id)
      reply.raw.once('close', () => gone.abort())
      const filled = spools.fill(caller.project.id, (write) =>
        work(async (piece) => {
          if (ending.aborted) throw reasonOfEnd()
          await write(piece)
        }),
      )
      const spool = await filled.catch((error) => {
        end()
        throw error
      })
      // Sending counts as an export too; nothing can come between the end of the one and the start of the other.
      end()
      return { ...streaming.respondSnapshot(type, spool.send), length: spool.length }
    },
  }
  return streaming
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
