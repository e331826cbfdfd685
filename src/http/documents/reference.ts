import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { JSON_TYPE } from '../../contract/media-types.ts'
import type { Exchange } from '../exchange.ts'
import { type Page, type PageRoute, page } from '../page.ts'
import { acceptsCoding } from './accepted-coding.ts'
import { describeForModels } from './llms.ts'
import type { OpenApiDocument } from './openapi.ts'
import { describeForPeople } from './reference-page.ts'
import { REFERENCE_STYLE } from './reference-style.ts'

const PAGE_HEADERS = {
  /** Allows the style of the page, and nothing else: no script, and no request to any server. */
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(REFERENCE_STYLE).digest('base64')}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  vary: 'accept-encoding',
}

/**
 * The descriptions of the API for programs, people and language models: `/openapi.json`, `/reference` and `/llms.txt`.
 * They need no token.
 */
export function referenceRoutes(describe: () => OpenApiDocument): PageRoute[] {
  // As bytes, which are encoded once. Responses that wait for slow clients share them.
  const described = once(describe)
  const document = once(() => Buffer.from(JSON.stringify(described())))
  const text = once(() => Buffer.from(describeForModels(described())))
  const reference = once(() => Buffer.from(describeForPeople(described())))
  const compressed = once(() => gzipSync(reference()))

  function respondReference({ request }: Exchange): Page {
    const type = 'text/html; charset=utf-8'
    if (!acceptsCoding(request.headers['accept-encoding'], 'gzip')) return page(type, reference(), PAGE_HEADERS)
    return page(type, compressed(), { ...PAGE_HEADERS, 'content-encoding': 'gzip' })
  }

  const get = (path: string, name: string, respond: PageRoute['respond']): PageRoute => ({
    method: 'GET',
    path,
    name,
    respond,
  })
  return [
    get('/openapi.json', 'OpenApi', () => page(JSON_TYPE, document())),
    get('/llms.txt', 'Llms', () => page('text/plain; charset=utf-8', text())),
    get('/reference', 'Reference', respondReference),
  ]
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
