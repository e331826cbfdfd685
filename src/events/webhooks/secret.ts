import { randomBytes } from 'node:crypto'
import type { Problem } from '../../errors.ts'

const PREFIX = 'whsec_'

/** In bytes, as Standard Webhooks 1.0 requires. */
const MIN_BYTES = 24
const MAX_BYTES = 64
const NEW_BYTES = 32

/** Creates the secret of an endpoint: `whsec_` and base64. */
export function newSecret(): string {
  return PREFIX + randomBytes(NEW_BYTES).toString('base64')
}

/** Checks a secret that a client supplies. */
export function secretProblem(secret: string): Problem | null {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : ''
  const bytes = Buffer.from(encoded, 'base64')
  const isBase64 = encoded !== '' && bytes.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '')
  if (isBase64 && bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES) return null
  return {
    code: 'webhookSecretInvalid',
    property: 'secret',
    message: `\`secret\` must be whsec_ and the base64 of ${MIN_BYTES} to ${MAX_BYTES} bytes`,
    hint: 'Leave it out, and Handset makes one.',
  }
}

/** The bytes of a secret, with which requests are signed. */
export function bytesOfSecret(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64')
}
