import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, HTTPMethods, RouteOptions } from 'fastify'
import { ApiError } from '../errors.ts'

type Hook = Exclude<RouteOptions['onRequest'], undefined>

/** Methods by which Fastify finds paths; it looks at a request's method first. */
const ROUTED = new Set<string | undefined>(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])

/** A request that Fastify finds the path of: what no path takes goes the way of TRACE, which none takes either. */
export function routable(request: IncomingMessage): IncomingMessage {
  if (!ROUTED.has(request.method)) request.method = 'TRACE'
  return request
}

/**
 * Answers known paths asked with a wrong method: 405 with `Allow`, after the path itself was found (contract
 * section 1), so the hooks of the path's own routes run first.
 *
 * Call it before the routes are declared, and what it gives after.
 */
export function refuseOtherMethods(app: FastifyInstance): () => void {
  const paths = new Map<string, { methods: Set<string>; hooks: Hook | undefined }>()
  app.addHook('onRoute', ({ routePath, method, onRequest }) => {
    const path = paths.get(routePath) ?? { methods: new Set(), hooks: onRequest }
    for (const name of [method].flat()) path.methods.add(name)
    paths.set(routePath, path)
  })
  return () => {
    for (const [url, { methods, hooks }] of [...paths]) {
      const allow = [...methods].sort().join(', ')
      const others = app.supportedMethods.filter((method) => !methods.has(method)) as HTTPMethods[]
      app.route({
        method: others,
        url,
        onRequest: [
          ...[hooks ?? []].flat(),
          async () => {
            throw new ApiError('methodNotAllowed', 'This path does not take that method', {
              hint: `It takes ${allow}.`,
              headers: { allow },
            })
          },
        ],
        handler: () => {},
      })
    }
  }
}
