import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Database } from '../db/port.ts'
import { createKept } from '../kept.ts'
import { JSON_TYPE } from './errors.ts'

/** Characters of answers that are kept, at a byte each where they are Latin. */
const ROOM = 16 * 1024 * 1024

/** What an answer is kept with, in characters: its key, its place in the map. */
const OVERHEAD = 300

/** An answer of a GET, rendered. */
export interface KeptRead {
  payload: string
  /** Its entity tag, once somebody has asked for it. */
  tag: string | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    keptRead: KeptRead | null
  }
}

/**
 * Answers a GET again as it was answered, while the store is as it was: who asks (their project, and the user that they
 * act as), what is asked and what the store holds are all that such an answer depends on. Only a store that tells of
 * every commit allows it.
 *
 * Call it when the caller is known and counted, and before the tags of answers are set up.
 */
export function keepReads(app: FastifyInstance, db: Database): void {
  app.decorateRequest('keptRead', null)
  if (!db.versionIsExact) return
  const kept = createKept<KeptRead>(ROOM)

  app.addHook('onRequest', (request, reply, next) => {
    if (!isKept(request)) return next()
    const found = kept.find(request.version, keyOf(request))
    if (found === undefined) return next()
    request.keptRead = found
    reply.code(200).type(JSON_TYPE).send(found.payload)
  })

  app.addHook('onSend', (request, reply, payload, next) => {
    if (request.keptRead === null && reply.statusCode === 200 && typeof payload === 'string' && isKept(request)) {
      request.keptRead = { payload, tag: undefined }
      const key = keyOf(request)
      kept.keep(request.version, key, request.keptRead, payload.length + key.length + OVERHEAD)
    }
    next()
  })
}

function isKept({ method, caller, routeOptions }: FastifyRequest): boolean {
  const { schema } = routeOptions
  return method === 'GET' && caller !== undefined && schema?.operationId !== undefined && schema.stream === undefined
}

function keyOf({ caller, url }: FastifyRequest): string {
  return `${caller.project.id} ${caller.userId} ${url}`
}
