import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto'
import type { Caller } from '../../caller.ts'
import type { Registry } from '../../context.ts'
import type { Queries } from '../../db/port.ts'

const KEPT_FOR = 24 * 60 * 60 * 1000

/** An answer that was given to an idempotency key, and a digest of the request that it answered. */
export interface KeptAnswer {
  fingerprint: string
  status: number
  /** JSON text. */
  answer: string
}

const FIND = `SELECT fingerprint, status, answer FROM idempotency_keys
  WHERE project_id = $1 AND key_hash = $2 AND expires_at > $3`
const KEEP = `INSERT INTO idempotency_keys (project_id, key_hash, fingerprint, status, answer, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (project_id, key_hash) DO UPDATE SET
    fingerprint = excluded.fingerprint, status = excluded.status, answer = excluded.answer,
    expires_at = excluded.expires_at
  WHERE idempotency_keys.expires_at <= $7`
const SWEEP = `DELETE FROM idempotency_keys WHERE project_id = $1 AND key_hash IN
  (SELECT key_hash FROM idempotency_keys WHERE project_id = $1 AND expires_at <= $2 LIMIT $3)`

/** The answer kept under a caller's key, while it is not 24 hours old. */
export async function findKeptAnswer(
  { db, clock }: Registry,
  caller: Caller,
  key: string,
): Promise<KeptAnswer | undefined> {
  const kept = await db.get<KeptAnswer>(FIND, [caller.project.id, keyHash(caller, key), timeText(clock())])
  return kept && { ...kept, answer: unseal(kept.answer, key) }
}

/** Keeps an answer under a caller's key; gives false when one is kept already. */
export async function keepAnswer(
  tx: Queries,
  clock: () => number,
  caller: Caller,
  key: string,
  { fingerprint, status, answer }: KeptAnswer,
): Promise<boolean> {
  const now = clock()
  const expiresAt = timeText(now + KEPT_FOR)
  const parameters = [caller.project.id, keyHash(caller, key), fingerprint, status, seal(answer, key), expiresAt]
  return (await tx.run(KEEP, [...parameters, timeText(now)])) === 1
}

/** Deletes some of a project's answers that have expired by `now`; gives how many. */
export async function sweepKeptAnswers(tx: Queries, projectId: string, now: string, limit: number): Promise<number> {
  return tx.run(SWEEP, [projectId, now, limit])
}

/** All API keys of a project share one space of idempotency keys, and each user has another. */
export function keyHash({ userId }: Caller, key: string): string {
  return hash('sha256', `${userId ?? ''}\0${key}`)
}

/**
 * An answer as the store keeps it: encrypted with the idempotency key, which the store knows only by its hash. An
 * answer can hold what is shown this once, such as a user token, and what a deletion was to forget.
 */
function seal(answer: string, key: string): string {
  const nonce = randomBytes(NONCE_LENGTH)
  const cipher = createCipheriv('aes-256-gcm', sealingKey(key), nonce)
  const sealed = Buffer.concat([cipher.update(answer, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
}

function unseal(text: string, key: string): string {
  const bytes = Buffer.from(text, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(key), bytes.subarray(0, NONCE_LENGTH))
  decipher.setAuthTag(bytes.subarray(NONCE_LENGTH, NONCE_LENGTH + TAG_LENGTH))
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_LENGTH + TAG_LENGTH)), decipher.final()]).toString('utf8')
}

/** Bytes, as AES-GCM has them (NIST SP 800-38D §5.2.1.1). */
const NONCE_LENGTH = 12
const TAG_LENGTH = 16

function sealingKey(key: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', 'handset kept answer', 32))
}

function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
