import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto'

/** How a sealed text starts. */
export const SEALED_PREFIX = 'sealed:'

const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/** Seals secrets at rest. */
export interface Sealer {
  /** Whether there is a key. Without one, texts are stored as they are. */
  readonly isSealing: boolean
  /** `place` names the row that holds the text: a sealed text that is moved to another row does not open. */
  seal(text: string, place: string): string
  /** Throws if the text was sealed with a key that is missing now, for another row, or was changed. */
  open(stored: string, place: string): string
}

/** Creates a sealer (AES-256-GCM). The first key seals; every key opens, so that a key can be replaced. */
export function createSealer(keys: readonly Buffer[]): Sealer {
  const [first] = keys
  return {
    isSealing: first !== undefined,
    seal(text, place) {
      if (first === undefined) return text
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(CIPHER, first, iv).setAAD(Buffer.from(place))
      const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${SEALED_PREFIX}${nameOfKey(first)}:${sealed.toString('base64')}`
    },
    open(stored, place) {
      if (!stored.startsWith(SEALED_PREFIX)) return stored
      const [name, encoded = ''] = stored.slice(SEALED_PREFIX.length).split(':')
      const key = keys.find((candidate) => nameOfKey(candidate) === name)
      if (key === undefined) throw new Error('The secret is sealed with a key that is not in HANDSET_SECRET_KEY')
      const sealed = Buffer.from(encoded, 'base64')
      const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(place))
        .setAuthTag(sealed.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8')
    },
  }
}

/** Tells keys apart without revealing them. */
function nameOfKey(key: Buffer): string {
  return hash('sha256', key, 'hex').slice(0, 8)
}
