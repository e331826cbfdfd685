import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, FastifyTypeProvider, RawServerDefault } from 'fastify'
import type { Static, TSchema } from 'typebox'
import type { Caller } from '../caller.ts'
import { JSON_TYPE } from '../contract/media-types.ts'
import type { Operation } from '../contract/operation.ts'
import type { Queries } from '../db/port.ts'
import { hasKeptAnswer } from './idempotency.ts'

/** Gives a handler the types of its route's schemas. */
interface SchemaTypes extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown
  serializer: unknown
}

/** Where routes are declared: a Fastify instance whose handlers know the types of their schemas. */
export type Api = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, SchemaTypes>

/**
 * The hook of paths that end in an object's id: finds the object, so that one that is not there, or not for this
 * caller to see, is 404 before method, body or query are judged (contract section 1). Where `find`
 * gives the object as JSON, that is `request.found`. Only a deletion tried again may find it gone: its kept answer is replayed.
 */
export function pathObject(
  parameter: string,
  find: (db: Queries, caller: Caller, id: string) => Promise<unknown>,
): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    try {
      const id = (request.params as Record<string, string>)[parameter] as string
      const found = await find(request.registry.db, request.caller, id)
      if (typeof found === 'string') request.found = found
    } catch (error) {
      if (!(await hasKeptAnswer(request))) throw error
    }
  }
}

/** Answers with the success that the operation declares, as JSON: handlers give JSON text and nothing else. */
export function answerAsDeclared(app: FastifyInstance): void {
  app.decorateRequest('found', '')
  app.addHook('onRoute', (route) => {
    const [success = '200'] = Object.keys(route.schema?.response ?? {})
    route.config = { ...route.config, success: Number(success) }
  })
  app.addHook('preHandler', (request, reply, next) => {
    reply.code(request.routeOptions.config.success ?? 200).type(JSON_TYPE)
    next()
  })
}

declare module 'fastify' {
  interface FastifyRequest {
    found: string
  }
  interface FastifyContextConfig {
    success?: number
  }
  interface FastifySchema
    extends Partial<Pick<Operation, 'operationId' | 'tags' | 'summary' | 'description' | 'example' | 'stream'>> {}
}
