import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { HttpSettings } from '../../config.ts'
import { NDJSON_TYPE } from '../../contract/media-types.ts'
import type { Operation } from '../../contract/operation.ts'
import { ApiError, unavailable } from '../../errors.ts'
import type { Exchange, Step, Streaming } from '../exchange.ts'
import { toApiError } from './errors.ts'

/** The longest time that one import may stream, in milliseconds. */
const LONGEST = 60 * 60 * 1000

/** The number of snapshots of the store that clients may read at a time: each keeps the store from cleaning up. */
const MOST_SNAPSHOTS = 4

/**
 * Lets operations stream. Neither side may keep the other waiting for longer than `requestTimeout` seconds, which
 * replaces the time that a whole request may take. No export takes longer than `exportTimeout` seconds, since a snapshot
 * makes the store keep what it could clean up, and no import longer than an hour.
 */
export function allowStreaming(
  app: FastifyInstance,
  { requestTimeout, exportTimeout }: Pick<HttpSettings, 'requestTimeout' | 'exportTimeout'>,
): (operation: Operation) => Step {
  const closing = new AbortController()
  let streams = 0
  let snapshots = 0
  app.addHook('preClose', async () => closing.abort(unavailable('The server is shutting down')))
  return ({ stream }) => {
    const isSnapshot = stream?.body === undefined
    return (exchange) => {
      if (isSnapshot && snapshots >= MOST_SNAPSHOTS) throw unavailable('Too many exports are in progress')
      streams += 1
      if (isSnapshot) snapshots += 1
      // Node would end a request that takes longer than this to arrive. It knows no such time for one request alone.
      app.server.requestTimeout = LONGEST
      exchange.reply.raw.once('close', () => {
        streams -= 1
        if (isSnapshot) snapshots -= 1
        if (streams === 0) app.server.requestTimeout = requestTimeout * 1000
      })
      const longest = isSnapshot ? exportTimeout * 1000 : LONGEST
      exchange.streaming = createStreaming(exchange, requestTimeout * 1000, longest, closing.signal)
    }
  }
}

function createStreaming(
  { request, reply }: Exchange,
  patience: number,
  longest: number,
  closing: AbortSignal,
): Streaming {
  const ending = AbortSignal.any([closing, AbortSignal.timeout(longest)])

  /** Awaits something, unless it takes too long or the server stops. */
  async function inTime<T>(awaited: (signal: AbortSignal) => Promise<T>, late: ApiError): Promise<T> {
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(late), patience)
    const end = () => stop.abort(closing.aborted ? closing.reason : tooLong(longest))
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

  return {
    async *pieces() {
      const iterator: AsyncIterator<Buffer> = request.raw.iterator({ destroyOnReturn: false })
      for (;;) {
        const { value, done } = await inTime(() => iterator.next(), tooSlow('sends'))
        if (done) return
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
      return { status: 200, type: NDJSON_TYPE, stream, closesConnection: true }
    },
    respondSnapshot(type, work) {
      const stream = new PassThrough()
      const write = async (text: string) => {
        if (stream.destroyed) throw tooSlow('has gone')
        if (ending.aborted) throw closing.aborted ? closing.reason : tooLong(longest)
        if (!stream.write(text)) await inTime((signal) => once(stream, 'drain', { signal }), tooSlow('reads'))
      }
      // HEAD answers with the head of GET, and reads nothing for it.
      const written = request.method === 'HEAD' ? Promise.resolve() : work(write)
      written.then(
        () => stream.end(),
        (error) => {
          const failure = logged(error)
          // The client only sees that the connection is cut.
          request.log.warn({ reqId: request.id, reason: failure.message }, 'export cut off')
          stream.destroy(failure)
        },
      )
      return { status: 200, type, stream, closesConnection: false }
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
    hint: 'Send the file again: rows that are there already are recognised.',
  })
}
