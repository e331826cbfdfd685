import { createHmac } from 'node:crypto'
import { bytesOfSecret } from './secret.ts'

/** A message to sign. */
export interface Message {
  /** The id of the event. */
  id: string
  /** The bytes that are sent. */
  body: string
  /** `whsec_…`. While a secret is rotated, there are several. */
  secrets: readonly string[]
  /** Unix milliseconds. */
  at: number
}

/**
 * The headers that identify and sign a message (Standard Webhooks 1.0), also under the names that receivers of the
 * hosted API read.
 */
export function signedHeaders({ id, body, secrets, at }: Message): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000))
  const signature = secrets.map((secret) => `v1,${signatureOf(`${id}.${timestamp}.${body}`, secret)}`).join(' ')
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
    'svix-id': id,
    'svix-timestamp': timestamp,
    'svix-signature': signature,
  }
}

function signatureOf(content: string, secret: string): string {
  return createHmac('sha256', bytesOfSecret(secret)).update(content).digest('base64')
}
