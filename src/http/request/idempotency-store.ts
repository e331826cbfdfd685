import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto'
import type { Caller } from '../../caller.ts'
import type { Context } from '../../context.ts'
import { columns, insertInto, replaceOnConflict } from '../../db/insert.ts'
import type { Queries } from '../../db/port.ts'
import { toExactTime } from '../../domain/time.ts'

const RETENTION = 24 * 60 * 60 * 1000

/** A response stored for an idempotency key, and a digest of its request. */
export interface StoredResponse {
  fingerprint: string
  status: number
  /** JSON text. */
  response: string
}

interface ResponseRow {
  project_id: string
  key_hash: string
  fingerprint: string
  status: number
  answer: string
  expires_at: string
}

const FIND = `SELECT fingerprint, status, answer AS response FROM idempotency_keys
  WHERE project_id = $1 AND key_hash = $2 AND expires_at > $3`
const COLUMNS = columns<ResponseRow>()({
  project_id: true,
  key_hash: true,
  fingerprint: true,
  status: true,
  answer: true,
  expires_at: true,
})
/** Takes one more parameter than the columns: the current time. An expired response is replaced. */
const STORE = insertInto(
  'idempotency_keys',
  COLUMNS,
  `${replaceOnConflict(COLUMNS, ['project_id', 'key_hash'])}
  WHERE idempotency_keys.expires_at <= $${COLUMNS.names.length + 1}`,
)
const SWEEP = `DELETE FROM idempotency_keys WHERE project_id = $1 AND key_hash IN
  (SELECT key_hash FROM idempotency_keys WHERE project_id = $1 AND expires_at <= $2 LIMIT $3)`

/** The response stored for a caller's key in the last 24 hours. */
export async function findResponse(
  { db, clock }: Context,
  caller: Caller,
  key: string,
): Promise<StoredResponse | undefined> {
  const stored = await db.get<StoredResponse>(FIND, [caller.project.id, keyHash(caller, key), toExactTime(clock())])
  return stored && { ...stored, response: unseal(stored.response, key) }
}

/** Stores a response for a caller's key. Returns false if there is one already. */
export async function storeResponse(
  tx: Queries,
  clock: () => number,
  caller: Caller,
  key: string,
  { fingerprint, status, response }: StoredResponse,
): Promise<boolean> {
  const now = clock()
  const parameters = STORE.parametersOf({
    project_id: caller.project.id,
    key_hash: keyHash(caller, key),
    fingerprint,
    status,
    answer: seal(response, key),
    expires_at: toExactTime(now + RETENTION),
  })
  return (await tx.run(STORE.sql, [...parameters, toExactTime(now)])) === 1
}

/** Deletes some of a project's responses that have expired by `now`. Returns how many. */
export async function sweepResponses(tx: Queries, projectId: string, now: string, limit: number): Promise<number> {
  return tx.run(SWEEP, [projectId, now, limit])
}

/** All API keys of a project share one space of idempotency keys; each user has a separate one. */
export function keyHash({ userId }: Caller, key: string): string {
  return hash('sha256', `${userId ?? ''}\0${key}`)
}

/**
 * Encrypts a response with its idempotency key, of which the store has only a hash. A response can contain a secret
 * that is shown only once, such as a user token, and personal data that has been deleted since.
 */
function seal(response: string, key: string): string {
  const nonce = randomBytes(NONCE_LENGTH)
  const cipher = createCipheriv('aes-256-gcm', sealingKey(key), nonce)
  const sealed = Buffer.concat([cipher.update(response, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
}

function unseal(text: string, key: string): string {
  const bytes = Buffer.from(text, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(key), bytes.subarray(0, NONCE_LENGTH))
  decipher.setAuthTag(bytes.subarray(NONCE_LENGTH, NONCE_LENGTH + TAG_LENGTH))
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_LENGTH + TAG_LENGTH)), decipher.final()]).toString('utf8')
}

/** Lengths in bytes, as AES-GCM defines them (NIST SP 800-38D §5.2.1.1). */
const NONCE_LENGTH = 12
const TAG_LENGTH = 16

function sealingKey(key: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', 'handset kept answer', 32))
}
