import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

const HEADERS = {
  // Answers hold personal data: no cache on the way or in a browser keeps them (RFC 9111 §5.2.2.5).
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** Headers by which a client of the API learns what an answer is about, beside those that CORS always shows. */
const EXPOSED_HEADERS = [
  'etag',
  'idempotent-replayed',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'www-authenticate',
  'x-request-id',
]

/** Puts the headers on every answer that keep browsers and caches from doing more with it than they should. */
export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, next) => {
    reply.headers(HEADERS)
    next()
  })
}

/** Lets pages of these origins call the API (the Fetch standard's CORS protocol); without any, no page may. */
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
