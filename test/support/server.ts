import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import type { LookupFunction } from 'node:net'
import { after } from 'node:test'
import { buildApp } from '../../src/app.ts'
import type { StoredProject } from '../../src/caller.ts'
import { type HttpSettings, loadHttpSettings, type WebhookSettings } from '../../src/config.ts'
import type { Context } from '../../src/context.ts'
import type { Project } from '../../src/contract/project.ts'
import type { Database } from '../../src/db/port.ts'
import { createWebhooks } from '../../src/events/webhooks/webhooks.ts'
import { createKey } from '../../src/resources/api-keys/api-keys.ts'
import { createProject } from '../../src/resources/projects/projects.ts'
import { createDeliverer, type Deliverer } from '../../src/serve/jobs/deliver.ts'
import { bringUpToDate } from '../../src/serve/open.ts'
import { faultsOf, recordStatements } from './distribution.ts'
import { createLogWatch, type LogWatch } from './log-watch.ts'
import { openApiDocument } from './openapi-document.ts'
import { createResponseValidator } from './response-validator.ts'
import { engine, makeStore, openStore, type StoreSettings } from './store.ts'

const validateResponse = createResponseValidator(openApiDocument)

/** A response as a test reads it. */
export interface ApiResponse {
  status: number
  headers: Record<string, string | undefined>
  // biome-ignore lint/suspicious/noExplicitAny: each test asserts the parts of a body that it is about
  body: any
}

export interface RequestOptions {
  /** Sent as JSON. */
  body?: unknown
  /** Sent unchanged. */
  raw?: string | Buffer
  headers?: Record<string, string>
}

/** Sends a request to the server under test, and validates the response against the OpenAPI document. */
export type Client = (method: string, path: string, options?: RequestOptions) => Promise<ApiResponse>

export interface TestProject {
  project: StoredProject
  token: string
  /** Sends requests with the project's key; paths that start with `./` are below `/projects/{project}`. */
  call: Client
}

export interface TestServer {
  url: string
  context: Context
  log: LogWatch
  /** Sends requests without a token. */
  callOpenly: Client
  addProject(id: string, type: Project['type'], locales?: string[]): Promise<TestProject>
  clientWith(token: string, project?: string): Client
  /** Resolves when every event that was committed has its position. */
  ordered(): Promise<void>
  /** Delivers all webhooks that are due, and resolves when their attempts have ended. */
  deliver(): Promise<void>
  deliverer: Deliverer
}

/** Settings with which webhooks may be sent to this machine. */
export const LOCAL_WEBHOOKS: WebhookSettings = { networks: [], allowsLoopback: true, secretKeys: [] }

export interface ServerOptions {
  clock?: () => number
  settings?: Partial<HttpSettings>
  /** Resolves the host names of webhooks instead of the system. */
  resolve?: LookupFunction | undefined
  /** On PostgreSQL, the number of servers that share the store. Clients use them in turn. */
  nodes?: number
}

/**
 * A server on a fresh store, which ends after the test file; call it at the top level of one. At the end, it fails if a
 * log line contains a personal value that the file used, or if a statement asked for more than one project's rows.
 */
export async function startServer({
  clock = Date.now,
  settings = {},
  resolve,
  nodes = 1,
}: ServerOptions = {}): Promise<TestServer> {
  // Hooks run in the order in which they are registered, and the store's own hook removes the store.
  let end = async () => {}
  after(() => end())
  const store = await makeStore()
  const log = createLogWatch()
  // All servers start at the same time, on an empty store.
  const started = await Promise.all(
    Array.from({ length: engine === 'postgres' ? nodes : 1 }, () =>
      startNode(store, { clock, settings, resolve }, log),
    ),
  )
  const { context, url, deliverer } = started[0] as Node
  const urls = started.map((node) => node.url)
  end = async () => {
    const faults: string[] = []
    for (const node of started) faults.push(...(await node.end()))
    log.assertClean()
    assert.deepEqual(faults, [])
  }

  function clientWith(token: string, project = ''): Client {
    log.rememberValue(token)
    return createClient(urls, log, { authorization: `Bearer ${token}` }, project)
  }
  return {
    url,
    context,
    log,
    callOpenly: createClient(urls, log, {}, ''),
    clientWith,
    deliverer,
    ordered: () => allOrdered(context.db),
    async deliver() {
      await allOrdered(context.db)
      await deliverer.poll()
      await deliverer.settled()
    },
    async addProject(id, type, locales) {
      const project = await createProject(context, { id, type, locales })
      const { token } = await createKey(context, project, { name: 'test', role: 'admin' })
      return { project, token, call: clientWith(token, id) }
    },
  }
}

/** Resolves when every event that was committed has its position. */
async function allOrdered(db: Database): Promise<void> {
  const isDone = async () =>
    (await db.get<{ count: number }>('SELECT COUNT(*) AS count FROM unordered_events'))?.count === 0
  while (!(await isDone())) await new Promise((resolve) => setImmediate(resolve))
}

interface Node {
  context: Context
  deliverer: Deliverer
  url: string
  /** Returns what a distributed engine could not do well in the statements of this server. */
  end(): Promise<string[]>
}

async function startNode(
  store: StoreSettings,
  { clock, settings, resolve }: Required<Pick<ServerOptions, 'clock' | 'settings'>> & Pick<ServerOptions, 'resolve'>,
  log: LogWatch,
): Promise<Node> {
  const db = openStore(store)
  const all = { ...loadHttpSettings({}), ...settings }
  const context = await bringUpToDate(db, clock, all)
  const recording = recordStatements(db)
  const webhooks = createWebhooks(all.webhooks, resolve)
  const app = await buildApp({
    db: recording.db,
    clock,
    newId: context.newId,
    logger: log.logger,
    settings: all,
    webhooks,
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  // A failing hook of another server in the file must not keep this one from closing.
  app.server.unref()
  return {
    context,
    url,
    deliverer: createDeliverer({ context, webhooks, source: () => url, logger: log.logger }),
    async end() {
      await app.close()
      const faults = engine === 'postgres' ? await faultsOf(db, recording.statements) : []
      await db.close()
      return faults
    },
  }
}

/** Sends requests to servers in turn, with these headers. Paths that start with `./` are below `project`. */
export function createClient(
  urls: readonly string[],
  log: LogWatch | null,
  defaults: Record<string, string>,
  project: string,
): Client {
  let asked = 0
  return async (method, path, { body, raw, headers = {} } = {}) => {
    const url = urls[asked++ % urls.length] as string
    const target = path.startsWith('./') ? `/projects/${project}${path.slice(1)}` : path
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    log?.remember(body)
    const answer = await send(url, method, target, payload, {
      ...defaults,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    })
    log?.remember(answer.body)
    assert.match(answer.headers['x-request-id'] ?? '', /^[A-Za-z0-9._-]{1,64}$/)
    if (method !== 'HEAD' && answer.status !== 304)
      validateResponse(method, target, answer.status, answer.body, mediaTypeOf(answer))
    return answer
  }
}

function mediaTypeOf({ headers }: ApiResponse): string | undefined {
  return headers['content-type']?.split(';', 1)[0]
}

/** Parses a body by its media type; NDJSON becomes a list of its lines. */
function readBody(text: string, mediaType: string | undefined) {
  if (text === '') return mediaType === 'application/x-ndjson' ? [] : undefined
  if (mediaType === 'text/csv') return text
  return mediaType === 'application/x-ndjson'
    ? text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    : JSON.parse(text)
}

/** Uses `node:http`, since `fetch` would normalise paths, methods and headers that a test sends deliberately. */
function send(
  url: string,
  method: string,
  path: string,
  payload: string | Buffer | undefined,
  headers: Record<string, string>,
) {
  const { hostname, port } = new URL(url)
  return new Promise<ApiResponse>((resolve, reject) => {
    const length = payload === undefined ? {} : { 'content-length': String(Buffer.byteLength(payload)) }
    const outgoing = httpRequest({ hostname, port, method, path, headers: { ...length, ...headers } }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        const answer = {
          status: incoming.statusCode ?? 0,
          headers: incoming.headers as ApiResponse['headers'],
          body: undefined,
        }
        resolve({ ...answer, body: method === 'HEAD' ? undefined : readBody(text, mediaTypeOf(answer)) })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}
