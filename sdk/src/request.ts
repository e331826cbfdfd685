import { errorOf, HandsetError } from './error.ts'
import type { ClientOptions, HeaderOptions, Lines, RequestOptions } from './options.ts'

/** One request, as it goes over the wire. */
export interface HandsetRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Whether it is sent with an idempotency key, so that it changes nothing twice. */
  needsKey: boolean
  /** A GET or a search. */
  changesNothing: boolean
  /** The media type of a body that is sent as it is; without it, the body is sent as JSON. */
  lines: string | undefined
  /** Whether the answer is handed on as it comes, to be read by the caller. */
  streams: boolean
  /** Path and query, encoded. */
  path: string
  body: unknown
  options: RequestOptions & HeaderOptions
}

/** Sends a request, again where it may be, and gives the answer's body; null for 304. Throws `HandsetError`. */
export type Send = (request: HandsetRequest) => Promise<object | null>

const DEFAULT_TIMEOUT = 30_000
const DEFAULT_RETRIES = 2

/** The first wait before another attempt, and the longest, in milliseconds. It doubles from one to the next. */
const FIRST_WAIT = 250
const LONGEST_WAIT = 8_000

/** What the platform's timer can count, in milliseconds: 24 days. */
const LONGEST_STREAM = 2 ** 31 - 1

/** A body that streams is sent before the answer is read (the Fetch standard wants that said; its types do not know). */
const HALF = { duplex: 'half' } as object

/** A server that asks for more patience than this has its refusal handed on. */
const LONGEST_PATIENCE = 60_000

/**
 * Refusals after which the same request may well succeed. `conflict` is what the server says while the attempt before,
 * whose answer never came, is still in its hands.
 */
const PASSING = new Set<HandsetError['type']>(['tooManyRequests', 'serviceUnavailable', 'conflict'])

/** Codes of Node for a connection that was never made; browsers do not tell. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

const tags = new WeakMap<object, string>()

/** The entity tag of an object that a call has given, for `ifMatch` and `ifNoneMatch`; undefined for any other. */
export function etagOf(object: object): string | undefined {
  return tags.get(object)
}

/** The sender of a client. Throws `TypeError` where the client's options cannot be right. */
export function createSender(client: ClientOptions): Send {
  const { baseUrl, token, timeout = DEFAULT_TIMEOUT, retries = DEFAULT_RETRIES } = client
  if (!URL.canParse(baseUrl))
    throw new TypeError('`baseUrl` must be an absolute URL, such as https://handset.example.com')
  if (!token) throw new TypeError('`token` must be an API key or a user token')
  const base = baseUrl.replace(/\/+$/, '')

  async function attempt(request: HandsetRequest, key: string | undefined) {
    const { method, path, body, lines, streams, options } = request
    // What streams takes as long as it takes, unless the call itself says how long that may be.
    const patience = options.timeout ?? (streams ? LONGEST_STREAM : timeout)
    const expiry = AbortSignal.timeout(patience)
    const signal = options.signal ? AbortSignal.any([options.signal, expiry]) : expiry
    const headers: Record<string, string> = { accept: 'application/json', authorization: `Bearer ${token}` }
    if (streams) headers.accept = '*/*'
    if (body !== undefined) headers['content-type'] = lines ?? 'application/json'
    if (key !== undefined) headers['idempotency-key'] = key
    if (options.ifMatch !== undefined) headers['if-match'] = options.ifMatch
    if (options.ifNoneMatch !== undefined) headers['if-none-match'] = options.ifNoneMatch
    try {
      // Looked up at each call: tests and tracers replace the platform's own.
      const response = await (client.fetch ?? fetch)(base + path, {
        method,
        headers,
        signal,
        ...(body === undefined ? {} : lines ? { body: body as Lines, ...HALF } : { body: JSON.stringify(body) }),
      })
      if (response.status === 304) return null
      if (!response.ok) throw await errorOf(response)
      if (streams) return response
      return await readResource(response)
    } catch (error) {
      if (error instanceof HandsetError) throw error
      options.signal?.throwIfAborted()
      if (expiry.aborted) {
        const parts = { type: 'timedOut', status: null, cause: error } as const
        throw new HandsetError(`No answer within ${patience} ms`, parts)
      }
      const hint = `Is Handset at ${base}, and may this program reach it?`
      throw new HandsetError('The connection failed', { type: 'connectionFailed', status: null, hint, cause: error })
    }
  }

  return async (request) => {
    const { needsKey, options } = request
    // The same in each attempt: only the first that arrives changes anything.
    const key = options.idempotencyKey ?? (needsKey ? newIdempotencyKey() : undefined)
    for (let attempts = 1; ; attempts++) {
      try {
        return await attempt(request, key)
      } catch (error) {
        if (!(error instanceof HandsetError) || attempts > retries || !mayBeSentAgain(request, error)) throw error
        await pause(waitBefore(attempts, error), options.signal)
      }
    }
  }
}

async function readResource(response: Response): Promise<object> {
  let resource: object
  try {
    resource = (await response.json()) as object
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    const { status, headers } = response
    const requestId = headers.get('x-request-id')
    throw new HandsetError('The answer is no JSON', { type: 'unexpectedAnswer', status, requestId, cause })
  }
  const tag = response.headers.get('etag')
  if (tag !== null) tags.set(resource, tag)
  return resource
}

/**
 * Whether a request that failed so may be sent again.
 *
 * A GET changes nothing, and the key of a POST or DELETE keeps it from changing anything twice. A body that streams is
 * gone once it was sent. A PATCH carries no key:
 * one that was done, but whose answer was lost, would undo when sent again what another client has changed since. So it
 * is sent again only where it surely was not done: the server refused to look at it, or was never reached.
 */
function mayBeSentAgain({ changesNothing, needsKey, body }: HandsetRequest, error: HandsetError): boolean {
  if ((error.retryAfter ?? 0) > LONGEST_PATIENCE || body instanceof ReadableStream) return false
  if (changesNothing || needsKey) return PASSING.has(error.type) || error.status === null
  return error.type === 'tooManyRequests' || NEVER_CONNECTED.has(codeOf(error.cause))
}

function codeOf(error: unknown): string {
  const { cause } = (error ?? {}) as { cause?: { code?: unknown } }
  return String(cause?.code)
}

/**
 * How long to wait before the next attempt: as the server asks, or longer from one to the next; and spread, so that
 * clients that failed together do not come back together.
 */
function waitBefore(attempts: number, { retryAfter }: HandsetError): number {
  const wait = Math.min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
  return retryAfter === null ? wait * (0.5 + Math.random() / 2) : retryAfter + Math.random() * FIRST_WAIT
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** Not `randomUUID`: a page that came over plain HTTP does not have it. */
function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
