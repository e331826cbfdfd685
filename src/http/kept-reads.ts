import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Database } from '../db/port.ts'
import { createKept } from '../kept.ts'
import type { Project } from '../resources/projects/schema.ts'
import type { Authenticator, Caller } from '../resources/tokens/tokens.ts'
import type { Observe } from './answered.ts'
import { BODY_LIMIT, isJson, parseJson } from './body.ts'
import type { Operation } from './operation.ts'
import { type RateLimit, sayStanding } from './rate-limit.ts'
import { requestIdOf } from './request-id.ts'
import { bodyProblems } from './validation.ts'

/** Characters of answers that are kept, at a byte each where they are Latin. */
const ROOM = 16 * 1024 * 1024

/** What an answer is kept with, in characters: its key, its header, its place in the map. */
const OVERHEAD = 1_000

/** Header fields that say something of one request. */
const OF_ONE_REQUEST = new Set(['x-request-id', 'ratelimit'])

/** An answer of a GET or a search, rendered; headers are names and values in turn, without what is of one request. */
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
  /** Answers a request as it was answered before; calls `askApp`, with nothing done, where only the app can answer it. */
  answer(request: IncomingMessage, response: ServerResponse, askApp: () => void): void
  /** Keeps what the app answers, where that is on. Call it before the tags of answers are set up. */
  keepFrom(app: FastifyInstance, settings: { isOn: boolean }): void
}

/** A search whose answers are kept. */
type Search = Required<Pick<Operation, 'body' | 'readsBy'>>

interface Parts {
  db: Database
  authenticator: Authenticator
  rates: RateLimit | null
  observe: Observe
}

/**
 * Answers a GET again as it was answered, while the store is as it was, and before the app makes anything of it: who
 * asks, what is asked and what the store holds are all that such an answer depends on. So for a search that says what
 * of its body it depends on (`Operation.readsBy`). Only a store that tells of every commit (`Database.versionIsExact`)
 * allows it.
 *
 * It does what the hooks of the app do for such a request, with the very parts that they use. Whatever is out of the
 * ordinary (a page of another origin, a body, a tag that is not the present one, a token or limit that is spent) is for
 * the app.
 */
export function createKeptReads({ db, authenticator, rates, observe }: Parts): KeptReads {
  const kept = createKept<KeptRead>(ROOM)
  const searches = new Map<string, Search>()
  let isClosing = false

  /** Answers as was answered under a key, and says whether it did. */
  function answerAgain(
    request: IncomingMessage,
    response: ServerResponse,
    keyFor: (caller: Caller) => string | undefined,
  ): boolean {
    const start = performance.now()
    const version = versionFor(request)
    if (version === undefined) return false
    const caller = authenticator.recall(request.headers.authorization, version)
    const key = caller && keyFor(caller)
    const read = key && kept.find(version, key)
    if (!read) return false
    const condition = request.method === 'GET' ? request.headers['if-none-match'] : undefined
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
    observe({ id, operation: read.operation, method: request.method as string, status, milliseconds, caller })
    return true
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
    answer(request, response, askApp) {
      const key = keyOf(request)
      const search = searches.get(`${request.method} ${request.url}`)
      if (isClosing || !kept.holds(key) || !isPlain(request, search !== undefined)) return askApp()
      if (search === undefined) {
        if (!answerAgain(request, response, () => key)) askApp()
        return
      }
      // A small body comes with its head, and is there in a moment. What is not answered here finds it where it was.
      request.once('readable', () => {
        const body: Buffer | null = request.read()
        if (body !== null && String(body.length) === request.headers['content-length']) {
          if (answerAgain(request, response, ({ project }) => keyOfSearch(key, search, body, project))) return
        }
        if (body !== null) request.unshift(body)
        askApp()
      })
    },

    keepFrom(app, { isOn }) {
      app.decorateRequest('keptRead', null)
      if (!isOn) return
      app.addHook('preClose', async () => {
        isClosing = true
      })
      app.addHook('onRoute', ({ method, url, schema }) => {
        if (schema?.readsBy !== undefined) searches.set(`${method} ${url}`, schema as Search)
      })
      app.addHook('onRequest', (request, _reply, next) => {
        if (isKept(request)) kept.enter(request.version)
        next()
      })
      app.addHook('onSend', (request, reply, payload, next) => {
        if (reply.statusCode === 200 && typeof payload === 'string' && isKept(request)) {
          const { raw, version, routeOptions } = request
          const key = keyOf(raw)
          const { readsBy } = routeOptions.schema ?? {}
          const read = createKeptRead(request, reply.getHeaders() as Record<string, string>, payload)
          const size = payload.length + key.length + OVERHEAD
          request.keptRead = read
          kept.keep(version, key, read, size)
          if (readsBy !== undefined) kept.keep(version, `${key} ${readsBy(request.body as never)}`, read, size)
        }
        next()
      })
    },
  }
}

/** What is asked for, and who asks, by their header: neither method nor URL holds a blank. */
function keyOf({ method, url, headers }: IncomingMessage): string {
  return `${method} ${url} ${headers.authorization}`
}

/** The key of the answer to a search; none for a body that is for the app to refuse. */
function keyOfSearch(
  key: string,
  { body: schema, readsBy }: Search,
  bytes: Buffer,
  project: Project,
): string | undefined {
  try {
    const body = parseJson(bytes)
    return bodyProblems(body, schema, project).length > 0 ? undefined : `${key} ${readsBy(body as never)}`
  } catch {
    return undefined
  }
}

/** Whether a request could be answered the same at another time and place; `isSearch` of one that has a body. */
function isPlain({ headers }: Pick<IncomingMessage, 'headers'>, isSearch: boolean): boolean {
  return (
    headers.host !== undefined &&
    headers.origin === undefined &&
    headers['transfer-encoding'] === undefined &&
    (isSearch
      ? Number(headers['content-length']) <= BODY_LIMIT &&
        isJson({ headers }) &&
        headers['idempotency-key'] === undefined
      : headers['content-length'] === undefined)
  )
}

function isKept({ method, caller, routeOptions, raw }: FastifyRequest): boolean {
  const { operationId, stream, readsBy } = routeOptions.schema ?? {}
  const isRead = (method === 'GET' && operationId !== undefined && stream === undefined) || readsBy !== undefined
  return isRead && caller !== undefined && isPlain(raw, readsBy !== undefined)
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
