import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Authenticator } from '../caller.ts'
import type { Database } from '../db/port.ts'
import { createKept } from '../kept.ts'
import type { Observe } from './answered.ts'
import { type RateLimit, sayStanding } from './rate-limit.ts'
import { requestIdOf } from './request-id.ts'

/** Characters of answers that are kept, at a byte each where they are Latin. */
const ROOM = 16 * 1024 * 1024

/** What an answer is kept with, in characters: its key, its header, its place in the map. */
const OVERHEAD = 1_000

/** Header fields that say something of one request. */
const OF_ONE_REQUEST = new Set(['x-request-id', 'ratelimit'])

/** An answer of a GET, rendered; headers are names and values in turn, without what is of one request. */
export interface KeptRead {
  operation: string
  payload: string
  encoding: 'latin1' | 'utf8'
  header: string[]
  /** The header of an answer that says that nothing changed. */
  unchangedHeader: string[]
  /** Its entity tag, where it has one. */
  tag: string | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    keptRead: KeptRead | null
  }
}

export interface KeptReads {
  /** Answers a request as it was answered before. False, and nothing done, where only the app can answer it. */
  answer(request: IncomingMessage, response: ServerResponse): boolean
  /** Keeps what the app answers, where that is on. Call it before the tags of answers are set up. */
  keepFrom(app: FastifyInstance, settings: { isOn: boolean }): void
}

interface Parts {
  db: Database
  authenticator: Authenticator
  rates: RateLimit | null
  observe: Observe
}

/**
 * Answers a GET again as it was answered, while the store is as it was, and before the app makes anything of it: who
 * asks, what is asked and what the store holds are all that such an answer depends on. Only a store that tells of every
 * commit (`Database.versionIsExact`) allows it.
 *
 * It does what the hooks of the app do for such a request, with the very parts that they use. Whatever is out of the
 * ordinary (a page of another origin, a body, a tag that is not the present one, a token or limit that is spent) is for
 * the app.
 */
export function createKeptReads({ db, authenticator, rates, observe }: Parts): KeptReads {
  const kept = createKept<KeptRead>(ROOM)
  let isClosing = false

  function find(request: IncomingMessage) {
    const { authorization = '' } = request.headers
    const key = keyOf(request)
    if (!kept.holds(key)) return undefined
    const version = versionFor(request)
    if (version === undefined) return undefined
    const caller = authenticator.recall(authorization, version)
    const read = kept.find(version, key)
    return caller && read && { caller, read }
  }

  /** None for a store that cannot tell, which is for the app to say. */
  function versionFor({ socket }: IncomingMessage): number | undefined {
    try {
      return db.version(socket)
    } catch {
      return undefined
    }
  }

  return {
    answer(request, response) {
      if (request.method !== 'GET' || isClosing || !isPlain(request)) return false
      const start = performance.now()
      const found = find(request)
      if (found === undefined) return false
      const { caller, read } = found
      const condition = request.headers['if-none-match']
      if (condition !== undefined && condition !== read.tag) return false
      const standing = rates?.countNow(caller.tokenId)
      if (rates !== null && (standing === undefined || standing.left < 0)) return false

      const id = requestIdOf(request)
      const ofOneRequest = ['x-request-id', id]
      if (standing !== undefined) ofOneRequest.push('ratelimit', sayStanding(standing))
      const status = condition === undefined ? 200 : 304
      if (status === 200) {
        response.writeHead(200, read.header.concat(ofOneRequest)).end(read.payload, read.encoding)
      } else {
        response.writeHead(304, read.unchangedHeader.concat(ofOneRequest)).end()
      }
      const milliseconds = performance.now() - start
      observe({ id, operation: read.operation, method: 'GET', status, milliseconds, caller })
      return true
    },

    keepFrom(app, { isOn }) {
      app.decorateRequest('keptRead', null)
      if (!isOn) return
      app.addHook('preClose', async () => {
        isClosing = true
      })
      app.addHook('onRequest', (request, _reply, next) => {
        if (isKept(request)) kept.enter(request.version)
        next()
      })
      app.addHook('onSend', (request, reply, payload, next) => {
        if (reply.statusCode === 200 && typeof payload === 'string' && isKept(request)) {
          const key = keyOf(request.raw)
          request.keptRead = createKeptRead(request, reply.getHeaders() as Record<string, string>, payload)
          kept.keep(request.version, key, request.keptRead, payload.length + key.length + OVERHEAD)
        }
        next()
      })
    },
  }
}

/** Who asks, by their header, and for what: a URL holds no blank. */
function keyOf({ headers, url }: IncomingMessage): string {
  return `${headers.authorization} ${url}`
}

/** Whether a request could be answered the same at another time and place. */
function isPlain({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return (
    headers.host !== undefined &&
    headers.origin === undefined &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined
  )
}

function isKept({ method, caller, routeOptions, raw }: FastifyRequest): boolean {
  const { schema } = routeOptions
  const isRead = method === 'GET' && schema?.operationId !== undefined && schema.stream === undefined
  return isRead && caller !== undefined && isPlain(raw)
}

function createKeptRead({ routeOptions }: FastifyRequest, headers: Record<string, string>, payload: string): KeptRead {
  const length = Buffer.byteLength(payload)
  const fields = Object.entries(headers).filter(([name]) => !OF_ONE_REQUEST.has(name))
  return {
    operation: routeOptions.schema?.operationId as string,
    payload,
    encoding: length === payload.length ? 'latin1' : 'utf8',
    header: [...fields, ['content-length', String(length)]].flat(),
    unchangedHeader: fields.filter(([name]) => name !== 'content-type').flat(),
    tag: undefined,
  }
}

/** Gives a kept answer its entity tag. */
export function tagKeptRead(read: KeptRead, tag: string): void {
  read.tag = tag
  read.header.push('etag', tag)
  read.unchangedHeader.push('etag', tag)
}
