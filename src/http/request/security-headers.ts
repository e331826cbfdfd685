import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

/** Headers that limit what browsers and caches may do with a response. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  // Responses hold personal data: no cache on the way or in a browser may store them (RFC 9111 §5.2.2.5).
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** Headers that pages of other origins may read, besides those that CORS always exposes. */
const EXPOSED_HEADERS = [
  'etag',
  'idempotent-replayed',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'www-authenticate',
  'x-request-id',
]

/** Lets pages of these origins call the API (CORS, as in the Fetch standard). Without origins, no page may. */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return
  app.addHook('onRequest', (_request, reply, next) => {
    reply.header('cross-origin-resource-policy', 'cross-origin')
    next()
  })
  app.register(cors, {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 600,
  })
}
