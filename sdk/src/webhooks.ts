/** The headers of a request: `Headers` of the Fetch standard, or a plain object, as in Node. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>

/** Options of `webhooks.verify`. */
export interface VerifyOptions {
  /** How far the clocks may be apart, and how long the request may have taken, in seconds. The default is 300. */
  tolerance?: number | undefined
}

/** A request that was not signed with the secret, or was signed too long ago. Respond with 400 or 401. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError'
}

const DEFAULT_TOLERANCE = 300

const SECRET_PREFIX = 'whsec_'

/** The version of the signatures that are checked: HMAC-SHA256 (Standard Webhooks 1.0). */
const VERSION = 'v1'

/**
 * Verifies a webhook request, and returns its event.
 *
 * Takes the body as it arrived: text or bytes, not parsed. `secret` is the `whsec_…` of the endpoint, or several of
 * them. Throws `WebhookVerificationError` for a request that is not genuine, and `TypeError` for an invalid secret.
 */
async function verify<Event = unknown>(
  body: string | Uint8Array | ArrayBuffer,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  { tolerance = DEFAULT_TOLERANCE }: VerifyOptions = {},
): Promise<Event> {
  const id = headerOf(headers, 'id')
  const timestamp = headerOf(headers, 'timestamp')
  const signatures = headerOf(headers, 'signature')
    .split(' ')
    .filter((signature) => signature.startsWith(`${VERSION},`))
    .map((signature) => signature.slice(VERSION.length + 1))
  requireRecent(timestamp, tolerance)
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body)
  const signed = join(new TextEncoder().encode(`${id}.${timestamp}.`), bytes)
  for (const candidate of [secret].flat() as string[]) {
    const key = await importSecret(candidate)
    for (const signature of signatures) {
      const decoded = fromBase64(signature)
      if (decoded !== null && (await crypto.subtle.verify('HMAC', key, decoded, signed))) {
        return JSON.parse(new TextDecoder().decode(bytes)) as Event
      }
    }
  }
  throw new WebhookVerificationError('No signature of the request matches the secret')
}

/** Tools for receivers of webhooks. */
export const webhooks = { verify }

/** The value of a header by its standard name, or by the name that the hosted API uses. */
function headerOf(headers: WebhookHeaders, name: string): string {
  for (const prefix of ['webhook-', 'svix-']) {
    const value = read(headers, prefix + name)
    if (value !== undefined && value !== '') return value
  }
  throw new WebhookVerificationError(`The request has no header webhook-${name}`)
}

function read(headers: WebhookHeaders, name: string): string | undefined {
  if (typeof headers.get === 'function') return headers.get(name) ?? undefined
  const entry = Object.entries(headers).find(([key]) => key.toLowerCase() === name)
  return [entry?.[1]].flat()[0] as string | undefined
}

function requireRecent(timestamp: string, tolerance: number): void {
  const seconds = /^[0-9]{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN
  const age = Date.now() / 1000 - seconds
  if (Number.isNaN(age)) throw new WebhookVerificationError('The timestamp of the request is not a number')
  if (Math.abs(age) > tolerance) {
    throw new WebhookVerificationError(`The request was signed too ${age > 0 ? 'long ago' : 'far in the future'}`)
  }
}

function importSecret(secret: string): Promise<CryptoKey> {
  const bytes = fromBase64(secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret)
  if (bytes === null || bytes.length === 0) throw new TypeError('The secret of a webhook is whsec_ and base64')
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return null
  }
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(first.length + second.length)
  joined.set(first)
  joined.set(second, first.length)
  return joined
}
