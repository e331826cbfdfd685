import { requireComplete } from './complete.ts'
import { errorOf, HandsetError } from './error.ts'
import type { ClientOptions, HeaderOptions, ImportOptions, Lines, RequestOptions } from './options.ts'

/** A request of an operation, before retries. */
export interface HandsetRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Whether it is sent with an idempotency key, which prevents it from being applied twice. */
  needsKey: boolean
  /** A GET or a search. */
  changesNothing: boolean
  /** The media type of a body that is sent unchanged. Without it, the body is sent as JSON. */
  lines: string | undefined
  /** Whether the response is returned as a stream, for the caller to read. */
  streams: boolean
  /** Path and query, encoded. */
  path: string
  body: unknown
  options: RequestOptions & HeaderOptions & ImportOptions
}

/** Sends a request, with retries where allowed, and returns the response's body; null for 304. Throws `HandsetError`. */
export type Send = (request: HandsetRequest) => Promise<object | null>

const DEFAULT_TIMEOUT = 30_000
const DEFAULT_RETRIES = 2

/** Statuses with which a proxy says that it did not reach the server, or got no response from it. */
const PROXY_FAILURES: ReadonlySet<number> = new Set([502, 503, 504])

/** The first and the longest wait before a retry, in milliseconds. The wait doubles each time. */
const FIRST_WAIT = 250
const LONGEST_WAIT = 8_000

/** The maximum of the platform's timers, in milliseconds: 24 days. */
const LONGEST_STREAM = 2 ** 31 - 1

/** The Fetch standard requires this option for a streamed body; its types do not include it. */
const HALF = { duplex: 'half' } as object

/** If the server asks for a longer wait than this, in milliseconds, the error is reported at once. */
const LONGEST_RETRY_AFTER = 60_000

/**
 * Errors after which the same request can succeed. The server returns `conflict` while it still processes the previous
 * attempt, whose response was lost.
 */
const TRANSIENT = new Set<HandsetError['type']>(['tooManyRequests', 'serviceUnavailable', 'conflict'])

/** Node's error codes for a connection that was never established. Browsers do not report this. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

const tags = new WeakMap<object, string>()

/** The entity tag of an object returned by a call, for `ifMatch` and `ifNoneMatch`; undefined for other objects. */
export function etagOf(object: object): string | undefined {
  return tags.get(object)
}

/** Creates the sender of a client. Throws `TypeError` if the client's options are invalid. */
export function createSender(client: ClientOptions): Send {
  const { baseUrl, token, timeout = DEFAULT_TIMEOUT, retries = DEFAULT_RETRIES } = client
  if (!URL.canParse(baseUrl))
    throw new TypeError('`baseUrl` must be an absolute URL, such as https://handset.example.com')
  if (!token && token !== null) throw new TypeError('`token` must be an API key or a user token')
  const base = baseUrl.replace(/\/+$/, '')

  async function attempt(request: HandsetRequest, key: string | undefined) {
    const { method, path, body, lines, streams, options } = request
    // A stream has no time limit, unless the call sets one.
    const timeLimit = options.timeout ?? (streams ? LONGEST_STREAM : timeout)
    const expiry = AbortSignal.timeout(timeLimit)
    const signal = options.signal ? AbortSignal.any([options.signal, expiry]) : expiry
    const headers: Record<string, string> = { accept: 'application/json' }
    if (token !== null) headers.authorization = `Bearer ${token}`
    if (streams) headers.accept = '*/*'
    if (body !== undefined) headers['content-type'] = options.contentType ?? lines ?? 'application/json'
    if (key !== undefined) headers['idempotency-key'] = key
    if (options.ifMatch !== undefined) headers['if-match'] = options.ifMatch
    if (options.ifNoneMatch !== undefined) headers['if-none-match'] = options.ifNoneMatch
    try {
      // Looked up at each call, because tests and tracers replace the platform's `fetch`.
      const response = await (client.fetch ?? fetch)(base + path, {
        method,
        headers,
        signal,
        ...(body === undefined ? {} : lines ? { body: body as Lines, ...HALF } : { body: JSON.stringify(body) }),
      })
      if (response.status === 304) return null
      if (!response.ok) throw await errorOf(response)
      if (streams) return requireComplete(response, lines !== undefined)
      return await readResource(response)
    } catch (error) {
      if (error instanceof HandsetError) throw error
      options.signal?.throwIfAborted()
      if (expiry.aborted) {
        const parts = { type: 'timedOut', status: null, cause: error } as const
        throw new HandsetError(`No response within ${timeLimit} ms`, parts)
      }
      const hint = `Check that Handset runs at ${base} and that this program can reach it.`
      throw new HandsetError('The connection failed', { type: 'connectionFailed', status: null, hint, cause: error })
    }
  }

  return async (request) => {
    const { needsKey, options } = request
    // All attempts share the key, so only the first that arrives changes anything.
    const key = options.idempotencyKey ?? (needsKey ? newIdempotencyKey() : undefined)
    for (let attempts = 1; ; attempts++) {
      try {
        return await attempt(request, key)
      } catch (error) {
        if (!(error instanceof HandsetError) || attempts > retries || !canRetry(request, error)) throw error
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
    throw new HandsetError('The response is not valid JSON', { type: 'unexpectedResponse', status, requestId, cause })
  }
  const tag = response.headers.get('etag')
  if (tag !== null) tags.set(resource, tag)
  return resource
}

/**
 * Whether a request can be retried after this error.
 *
 * A GET changes nothing, and the key of a POST or DELETE prevents it from being applied twice. A streamed body cannot be
 * sent again. A PATCH has no key: if it was applied but its response was lost, repeating it could undo what another client
 * has changed since. So it is retried only if it was certainly not applied: the server did not process it, or was never
 * reached.
 */
function canRetry({ changesNothing, needsKey, body }: HandsetRequest, error: HandsetError): boolean {
  if ((error.retryAfter ?? 0) > LONGEST_RETRY_AFTER || body instanceof ReadableStream) return false
  if (changesNothing || needsKey) {
    return TRANSIENT.has(error.type) || error.status === null || PROXY_FAILURES.has(error.status)
  }
  return error.type === 'tooManyRequests' || NEVER_CONNECTED.has(codeOf(error.cause))
}

function codeOf(error: unknown): string {
  const { cause } = (error ?? {}) as { cause?: { code?: unknown } }
  return String(cause?.code)
}

/**
 * How long to wait before the next attempt: as long as the server asks, or with exponential backoff. Jitter keeps clients
 * that failed together from retrying together.
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

/** Not `randomUUID`, which does not exist on pages served over plain HTTP. */
function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
