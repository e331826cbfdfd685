import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import fastify, { type FastifyInstance } from 'fastify'
import { JSON_TYPE } from '../../contract/media-types.ts'
import { describeForModels } from './llms.ts'
import type { OpenApiDocument } from './openapi.ts'

/** How long a browser may keep the page's script, in seconds: it changes with Handset only. */
const SCRIPT_AGE = 3_600

/** The script as the package of Handset carries it; run from source, Scalar's own package gives it. */
const PACKED_SCRIPT = new URL('scalar.js', import.meta.url)

/** What Scalar is told: to show what is here, and to offer and fetch nothing from elsewhere. */
const CONFIGURATION = {
  url: '/openapi.json',
  pageTitle: 'Handset API reference',
  authentication: { preferredSecurityScheme: 'token' },
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  withDefaultFonts: false,
  telemetry: false,
  externalUrls: {},
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  documentDownloadType: 'direct',
  // Models are those of phones here.
  modelsSectionLabel: 'Schemas',
}

/**
 * Scripts of this server alone, and nothing is asked of any other. Styles may be inline: Scalar makes elements with some,
 * and not all of them bear a nonce.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${CONFIGURATION.pageTitle}</title>
</head>
<body>
<script id="api-reference" data-configuration="${JSON.stringify(CONFIGURATION).replaceAll('"', '&quot;')}"></script>
<script src="/reference/scalar.js"></script>
<noscript>This page needs JavaScript. The document that it shows is /openapi.json.</noscript>
</body>
</html>
`

/**
 * What describes the API, for programs, people and language models: `/openapi.json`, `/reference` and `/llms.txt`. None
 * needs a token.
 */
export function referenceRoutes(app: FastifyInstance, describe: () => OpenApiDocument): void {
  const document = once(() => JSON.stringify(describe()))
  const text = once(() => describeForModels(describe()))
  const script = once(async () => promisify(gzip)(await readScript()))

  app.get('/openapi.json', { config: { name: 'OpenApi' } }, (_request, reply) => reply.type(JSON_TYPE).send(document()))
  app.get('/llms.txt', { config: { name: 'Llms' } }, (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send(text()),
  )
  app.get('/reference', { config: { name: 'Reference' } }, (_request, reply) =>
    reply.header('content-security-policy', PAGE_POLICY).type('text/html; charset=utf-8').send(PAGE),
  )
  app.get('/reference/scalar.js', { config: { name: 'ReferenceScript' } }, async (_request, reply) =>
    reply
      .header('cache-control', `public, max-age=${SCRIPT_AGE}`)
      .header('content-encoding', 'gzip')
      .type('text/javascript; charset=utf-8')
      .send(await script()),
  )
}

/** Scalar's script: from the package of Handset or, run from source, from Scalar's plugin, which serves it. */
export async function readScript(): Promise<string> {
  const packed = await readFile(PACKED_SCRIPT, 'utf8').catch(() => undefined)
  if (packed !== undefined) return packed
  const { default: scalar } = await import('@scalar/fastify-api-reference')
  const app = fastify()
  await app.register(scalar, { routePrefix: '/reference', configuration: { url: '/openapi.json' } })
  const { payload } = await app.inject('/reference/js/scalar.js')
  await app.close()
  return payload
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
