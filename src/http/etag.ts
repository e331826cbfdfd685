import { hash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Precondition } from '../context.ts'
import { ApiError } from '../errors.ts'
import { tagKeptRead } from './kept-reads.ts'

declare module 'fastify' {
  interface FastifyRequest {
    precondition: Precondition
  }
  interface FastifyContextConfig {
    /** Whether the route answers with one resource, not with a list or page. */
    single?: boolean
  }
}

const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g

/**
 * Entity tags of single resources (contract section 8; RFC 9110 §8.8 and §13): `ETag` on every answer that is one,
 * 304 for an `If-None-Match` that holds, and `request.precondition` for the `If-Match` of a PATCH or DELETE.
 *
 * A tag is strong, and a digest of the very bytes: a device's changes too when its model, user or a SIM does.
 */
export function tagResources(app: FastifyInstance): void {
  app.decorateRequest('precondition', null)
  app.addHook('onRoute', (route) => {
    const [success] = Object.values((route.schema?.response ?? {}) as Record<string, { properties?: object }>)
    route.config = { ...route.config, single: Object.hasOwn(success?.properties ?? {}, 'id') }
  })
  app.addHook('preHandler', (request, _reply, next) => {
    const ifMatch = request.headers['if-match']
    if (ifMatch !== undefined && (request.method === 'PATCH' || request.method === 'DELETE')) {
      request.precondition = (json) => {
        if (!matchesStrongly(ifMatch, tagOf(json))) throw preconditionFailed()
      }
    }
    next()
  })
  app.addHook('onSend', (request, reply, payload, next) => {
    if (!request.routeOptions.config?.single || reply.statusCode >= 300 || typeof payload !== 'string') return next()
    const tag = tagOf(payload)
    if (request.keptRead !== null) tagKeptRead(request.keptRead, tag)
    reply.header('etag', tag)
    const ifNoneMatch = request.headers['if-none-match']
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (ifNoneMatch === undefined || !isRead || !matchesWeakly(ifNoneMatch, tag)) return next()
    reply.code(304).removeHeader('content-type')
    // An answer to HEAD has no content to leave out, and Fastify makes its length from the payload.
    next(null, request.method === 'HEAD' ? payload : null)
  })
}

function tagOf(json: string): string {
  return `"${hash('sha256', json, 'base64url').slice(0, 27)}"`
}

/** RFC 9110 §13.1.1: weak tags never match. */
function matchesStrongly(field: string, tag: string): boolean {
  return field.trim() === '*' || tagsOf(field).includes(tag)
}

/** RFC 9110 §13.1.2: weakness is passed over. */
function matchesWeakly(field: string, tag: string): boolean {
  if (field === tag) return true
  return field.trim() === '*' || tagsOf(field).some((given) => given.replace(/^W\//, '') === tag)
}

function tagsOf(field: string): string[] {
  return field.match(TAG) ?? []
}

function preconditionFailed(): ApiError {
  return new ApiError('preconditionFailed', 'The object has changed since', {
    hint: 'GET it again, look at what changed, and send the change with the new ETag.',
  })
}
