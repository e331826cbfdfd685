import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Exchange } from '../exchange.ts'
import { type Page, type PageRoute, page } from '../page.ts'
import { acceptsCoding } from './accepted-coding.ts'

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** Formats that are already compressed (RFC 8081 §4.2, W3C WOFF 2.0). */
const DENSE = new Set(['.woff2'])

const PAGE_HEADERS = {
  'cache-control': 'no-cache',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
}

/** An asset's name contains a digest of its content, so a cached copy never expires (RFC 8246). */
const ASSET_HEADERS = { ...PAGE_HEADERS, 'cache-control': 'public, max-age=31536000, immutable' }

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The console is not built</title>
<h1>The console is not built</h1>
<p>Build it with <code>npm run build:console</code> where Handset is installed, then reload this page.
The API works without it.</p>
</html>
`

/** How the built page addresses its assets. */
const BUILT_ASSETS = './assets/'

/** Brotli's own default, 11, makes the script 8 % smaller, but the first browser would wait 150 ms for it instead of 5. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 7 } }

const compressions = {
  br: (content: Buffer) => promisify(brotliCompress)(content, BROTLI),
  gzip: promisify(gzip),
}
type Encoding = keyof typeof compressions

interface BuiltFile {
  type: string
  encodings: readonly Encoding[]
  /** The bytes, compressed on the first request. */
  bytes(encoding: Encoding | undefined): Promise<Buffer>
}

/**
 * Serves the console that was built into `directory`: its files below `/console/assets/`, and its one page at every
 * other path below `/console`, since the page does its own routing. Returns 404 with instructions if the console is not
 * built.
 *
 * The files are read once, on the first request. No path of a request is ever looked up on disk.
 */
export function consoleRoutes(directory: string): PageRoute[] {
  let built: Promise<Map<string, BuiltFile>> | undefined

  async function find(path: string): Promise<BuiltFile | undefined> {
    built ??= readBuilt(directory)
    const files = await built
    if (files.size === 0) built = undefined
    return files.get(path)
  }

  async function respondAsset({ request, params }: Exchange): Promise<Page> {
    const file = await find(`assets/${params.file}`)
    if (file === undefined) return { status: 404, ...page('text/plain; charset=utf-8', 'There is no such file\n') }
    return filePage(file, request.headers['accept-encoding'])
  }

  async function respondPage({ request }: Exchange): Promise<Page> {
    const type = TYPES['.html'] as string
    const found = await find('index.html')
    if (found === undefined) return { status: 404, ...page(type, NOT_BUILT, PAGE_HEADERS) }
    const text = String(await found.bytes(undefined))
    return page(type, text.replaceAll(BUILT_ASSETS, `${pathToConsole(request.url)}assets/`), PAGE_HEADERS)
  }

  const route = (path: string, respond: PageRoute['respond']): PageRoute => ({
    ...{ method: 'GET', path, name: 'Console', readsQuery: true },
    respond,
  })
  return [
    route('/console/assets/{file}', respondAsset),
    route('/console', respondPage),
    route('/console/*', respondPage),
  ]
}

/**
 * The relative path from a page of the console to `/console/`. A browser resolves it below whatever path a proxy serves
 * Handset.
 */
function pathToConsole(url: string): string {
  const [path = ''] = url.split('?', 1)
  const depth = path.split('/').length - '/console/'.split('/').length
  return depth < 0 ? 'console/' : '../'.repeat(depth)
}

/** The files of a build by their path in it. Empty if there is no build. */
async function readBuilt(directory: string): Promise<Map<string, BuiltFile>> {
  const paths = await readdir(directory, { recursive: true }).catch(() => [])
  const files = paths.filter((path) => extname(path) in TYPES).map((path) => path.replaceAll('\\', '/'))
  return new Map(
    await Promise.all(
      files.map(async (path) => [path, toBuiltFile(path, await readFile(join(directory, path)))] as const),
    ),
  )
}

function toBuiltFile(path: string, content: Buffer): BuiltFile {
  const extension = extname(path)
  const compressed: Partial<Record<Encoding, Promise<Buffer>>> = {}
  return {
    type: TYPES[extension] as string,
    encodings: DENSE.has(extension) ? [] : ['br', 'gzip'],
    async bytes(encoding) {
      if (encoding === undefined) return content
      compressed[encoding] ??= compressions[encoding](content)
      return compressed[encoding]
    },
  }
}

async function filePage(file: BuiltFile, accepted: string | undefined): Promise<Page> {
  const encoding = file.encodings.find((name) => acceptsCoding(accepted, name))
  return page(file.type, await file.bytes(encoding), {
    ...ASSET_HEADERS,
    ...(file.encodings.length > 0 && { vary: 'accept-encoding' }),
    ...(encoding !== undefined && { 'content-encoding': encoding }),
  })
}
