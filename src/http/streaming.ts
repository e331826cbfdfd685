import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { toBody } from '../contract/error-body.ts'
import { NDJSON_TYPE } from '../contract/media-types.ts'
import { ApiError, unavailable } from '../errors.ts'
import { toApiError } from './errors.ts'

/** How long one request may stream at all, in milliseconds. */
const LONGEST = 60 * 60 * 1000

/** How many snapshots of the store clients may read at a time: each holds back what the store would clear away. */
const MOST_SNAPSHOTS = 4

declare module 'fastify' {
  interface FastifyRequest {
    /** For a body or an answer that streams; null until it does. */
    streaming: Streaming | null
  }
}

export interface Streaming {
  /** The pieces of the body as they arrive. Throws where none comes in time, or the server stops. */
  pieces(): AsyncGenerator<Buffer>
  /** Answers with pieces as they are made. One that throws ends them with a line that is the error. */
  answer(pieces: AsyncGenerator<string>): FastifyReply
  /**
   * Answers with what `write` is given, which resolves when the client takes more. `work` throws out of it when the
   * client takes nothing in time, goes away, or the server stops: then the answer is cut, which the client can tell.
   */
  answerSnapshot(type: string, work: (write: (text: string) => Promise<void>) => Promise<void>): FastifyReply
}

/**
 * Lets operations stream (`schema.stream`). Neither side may keep the other waiting for longer than `requestTimeout`
 * seconds, in place of the time that a whole request may take; and none streams for more than an hour.
 */
export function allowStreaming(app: FastifyInstance, requestTimeout: number): void {
  const closing = new AbortController()
  let streams = 0
  let snapshots = 0
  app.decorateRequest('streaming', null)
  app.addHook('preClose', async () => closing.abort(unavailable('The server is shutting down')))
  app.addHook('preHandler', async (request, reply) => {
    const { stream } = request.routeOptions.schema ?? {}
    if (stream === undefined) return
    const isSnapshot = stream.body === undefined
    if (isSnapshot && snapshots >= MOST_SNAPSHOTS) throw unavailable('Others are reading all of it now')
    streams += 1
    if (isSnapshot) snapshots += 1
    // Node would end a request that takes longer than this to arrive; there is no such time for one of them alone.
    app.server.requestTimeout = LONGEST
    reply.raw.once('close', () => {
      streams -= 1
      if (isSnapshot) snapshots -= 1
      if (streams === 0) app.server.requestTimeout = requestTimeout * 1000
    })
    request.streaming = createStreaming(request, reply, requestTimeout * 1000, closing.signal)
  })
}

function createStreaming(
  request: FastifyRequest,
  reply: FastifyReply,
  patience: number,
  closing: AbortSignal,
): Streaming {
  const ending = AbortSignal.any([closing, AbortSignal.timeout(LONGEST)])

  /** What is awaited, unless it takes too long or the server stops. */
  async function inTime<T>(awaited: (signal: AbortSignal) => Promise<T>, late: ApiError): Promise<T> {
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(late), patience)
    const end = () => stop.abort(closing.aborted ? closing.reason : late)
    ending.addEventListener('abort', end)
    if (ending.aborted) end()
    try {
      return await Promise.race([awaited(stop.signal), rejection(stop.signal)])
    } finally {
      clearTimeout(timer)
      ending.removeEventListener('abort', end)
    }
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
    answer(pieces) {
      async function* answered(): AsyncGenerator<string> {
        try {
          yield* pieces
        } catch (error) {
          const failure = toApiError(error)
          if (failure.type === 'internal') request.log.error({ err: failure.cause ?? error }, failure.type)
          // What is left of the body is not read.
          reply.raw.once('finish', () => request.raw.destroy())
          yield `${toBody(failure)}\n`
        }
      }
      // Its status is said before its end is known: by then a client must not count on the connection (RFC 9112 §9.6).
      reply.header('connection', 'close')
      return reply.type(NDJSON_TYPE).send(Readable.from(answered(), { objectMode: false }))
    },
    answerSnapshot(type, work) {
      const out = new PassThrough()
      reply.type(type)
      const write = async (text: string) => {
        if (out.destroyed) throw tooSlow('has gone')
        if (!out.write(text)) await inTime((signal) => once(out, 'drain', { signal }), tooSlow('reads'))
      }
      // HEAD answers what GET would begin with, and reads nothing for it.
      const written = request.method === 'HEAD' ? Promise.resolve() : work(write)
      written.then(
        () => out.end(),
        (error) => {
          const failure = toApiError(error)
          if (failure.type === 'internal') request.log.error({ err: failure.cause ?? error }, failure.type)
          out.destroy(failure)
        },
      )
      return reply.send(out)
    },
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function tooSlow(what: 'sends' | 'reads' | 'has gone'): ApiError {
  const said = what === 'has gone' ? 'The client has gone' : `The client ${what} too slowly`
  return new ApiError('malformed', said, { hint: 'Send the rest again: what is there already is recognised.' })
}
