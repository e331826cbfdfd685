import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { JSON_TYPE } from '../../contract/media-types.ts'
import { type PageRoute, page } from '../page.ts'
import { describeForModels } from './llms.ts'
import type { OpenApiDocument } from './openapi.ts'

/** How long a browser may cache the page's script, in seconds. It changes only with Handset. */
const SCRIPT_AGE = 3_600
const SCRIPT_HEADERS = { 'cache-control': `public, max-age=${SCRIPT_AGE}` }
const SCRIPT_TYPE = 'text/javascript; charset=utf-8'

/** The script in the package of Handset. Run from source, it comes from Scalar's own package. */
const PACKED_SCRIPT = new URL('scalar.js', import.meta.url)

/** Scalar's own colours are too faint on their grounds (WCAG 2.2, 1.4.3). */
const STYLE = `
.light-mode {
  --scalar-color-1: #1b1b1b; --scalar-color-2: #454a50; --scalar-color-3: #575c63; --scalar-color-accent: #0059a8;
  --scalar-color-green: #00613a; --scalar-color-blue: #0059a8; --scalar-color-orange: #8a4600;
  --scalar-color-red: #b0001e; --scalar-color-yellow: #6b5200; --scalar-color-purple: #5b35a8;
}
.dark-mode {
  --scalar-color-1: #f2f2f2; --scalar-color-2: #c2c6cb; --scalar-color-3: #b0b5bb; --scalar-color-accent: #8ec5ff;
  --scalar-color-green: #6fdca4; --scalar-color-blue: #8ec5ff; --scalar-color-orange: #ffb870;
  --scalar-color-red: #ff9d98; --scalar-color-yellow: #ffd76a; --scalar-color-purple: #c9b0ff;
}`

/** Names the controls that Scalar leaves without a name, and makes its scrolling lists reachable by keyboard. */
const LABELS_SCRIPT = `function label() {
  for (const button of document.querySelectorAll('button.scalar-code-copy:not([title])')) button.title = 'Copy'
  for (const list of document.querySelectorAll('ul.endpoints:not([tabindex])')) list.tabIndex = 0
}
new MutationObserver(label).observe(document.body, { childList: true, subtree: true })
label()
`

/** Scalar's settings: it shows this server's document, and neither offers nor fetches anything from another server. */
const CONFIGURATION = {
  // Addresses are relative, so that the page works below any path.
  url: 'openapi.json',
  pageTitle: 'Handset API reference',
  authentication: { preferredSecurityScheme: 'token' },
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  customCss: STYLE,
  withDefaultFonts: false,
  telemetry: false,
  externalUrls: {},
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  documentDownloadType: 'direct',
  // In Handset, "models" are models of phones.
  modelsSectionLabel: 'Schemas',
}

/**
 * Allows scripts of this server only, and requests to no other. Styles may be inline: Scalar creates elements with inline
 * styles, and not all of them have a nonce.
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
<script src="reference/scalar.js"></script>
<script src="reference/labels.js"></script>
<noscript>This page needs JavaScript. The document that it shows is <a href="openapi.json">openapi.json</a>.</noscript>
</body>
</html>
`

/**
 * The descriptions of the API for programs, people and language models: `/openapi.json`, `/reference` and `/llms.txt`.
 * They need no token.
 */
export function referenceRoutes(describe: () => OpenApiDocument): PageRoute[] {
  const document = once(() => JSON.stringify(describe()))
  const text = once(() => describeForModels(describe()))
  const script = once(async () => promisify(gzip)(await readScript()))
  const get = (path: string, name: string, respond: PageRoute['respond']): PageRoute => ({
    method: 'GET',
    path,
    name,
    respond,
  })
  return [
    get('/openapi.json', 'OpenApi', () => page(JSON_TYPE, document())),
    get('/llms.txt', 'Llms', () => page('text/plain; charset=utf-8', text())),
    get('/reference', 'Reference', () =>
      page('text/html; charset=utf-8', PAGE, { 'content-security-policy': PAGE_POLICY }),
    ),
    get('/reference/labels.js', 'ReferenceLabels', () => page(SCRIPT_TYPE, LABELS_SCRIPT, SCRIPT_HEADERS)),
    get('/reference/scalar.js', 'ReferenceScript', async () =>
      page(SCRIPT_TYPE, await script(), { ...SCRIPT_HEADERS, 'content-encoding': 'gzip' }),
    ),
  ]
}

/** Scalar's script: from the package of Handset or, run from source, from Scalar's Fastify plugin. */
export async function readScript(): Promise<string> {
  const packed = await readFile(PACKED_SCRIPT, 'utf8').catch(() => undefined)
  if (packed !== undefined) return packed
  const [{ default: scalar }, { fastify }] = await Promise.all([
    import('@scalar/fastify-api-reference'),
    import('fastify'),
  ])
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
