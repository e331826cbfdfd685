import type { FastifyInstance } from 'fastify'
import type { TObject } from 'typebox'
import type { Operation } from '../contract/operation.ts'
import { closed } from '../contract/schemas.ts'
import { judgeBody, judgeQuery } from '../contract/validation.ts'
import { ApiError, invalid } from '../errors.ts'
import { hasBody } from './body.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers with a page, which reads its query itself. */
    page?: boolean
  }
}

const NO_PARAMETERS = closed({})

/** A body where the operation takes none: an empty object is as good as nothing. */
const NO_BODY = closed({})

/** Validates query and body before the handler: 422 with a detail for every offending property. */
export function validateRequests(app: FastifyInstance): void {
  app.addHook('preValidation', (request, _reply, next) => {
    const { body, stream } = request.routeOptions.schema ?? {}
    if ((body && request.body === undefined) || (stream?.body && !hasBody(request))) {
      throw new ApiError('malformed', 'The body is empty', {
        hint: `Send ${stream ? 'one JSON object a line' : 'a JSON object'}.`,
      })
    }
    next()
  })
  app.addHook('preHandler', (request, _reply, next) => {
    if (request.routeOptions.config?.page) return next()
    const { querystring, body, stream } = (request.routeOptions.schema ?? {}) as Partial<Operation>
    const projectType = request.caller?.project.type
    const query = judgeQuery(request.query as string, (querystring as TObject) ?? NO_PARAMETERS, projectType)
    request.query = query.values
    const problems = [
      ...query.problems,
      ...judgeBody(stream?.body ? undefined : request.body, body ?? NO_BODY, projectType),
    ]
    if (problems.length > 0) throw invalid(problems)
    next()
  })
}
