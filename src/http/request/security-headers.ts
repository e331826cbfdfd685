import type { Request } from '../exchange.ts'

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
].join(', ')

/** Lets pages of other origins call the API (CORS, as in the Fetch standard §3.3). Without origins, no page may. */
export interface Origins {
  /** The headers of the response to a request, as names and values in turn. They replace others of the same name. */
  headersFor(request: Request): readonly string[]
}

export function allowOrigins(origins: readonly string[]): Origins | null {
  if (origins.length === 0) return null
  const isOpen = origins.includes('*')
  const common = ['cross-origin-resource-policy', 'cross-origin', 'access-control-expose-headers', EXPOSED_HEADERS]
  return {
    headersFor({ headers: { origin } }) {
      if (isOpen) return [...common, 'access-control-allow-origin', '*']
      const isAllowed = origin !== undefined && origins.includes(origin)
      return [...common, 'vary', 'Origin', ...(isAllowed ? ['access-control-allow-origin', origin] : [])]
    },
  }
}

/**
 * Whether a request is a CORS preflight: it asks whether a page of another origin may send a request, and has no token.
 */
export function isPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined
}

/** The headers of the response to a preflight. They allow every method and header of the API. */
export function preflightHeaders({ headers }: Request): string[] {
  const wanted = headers['access-control-request-headers']
  return [
    'access-control-allow-methods',
    'GET, HEAD, POST, PATCH, DELETE',
    'access-control-max-age',
    '600',
    'vary',
    'Access-Control-Request-Headers',
    ...(wanted === undefined ? [] : ['access-control-allow-headers', wanted]),
  ]
}
