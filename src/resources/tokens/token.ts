import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { base62 } from '../../domain/id.ts'

/** `hsk_` begins an API key, `hut_` a user token: what a leaked one is can be told at sight, by secret scanners too. */
export type TokenKind = 'hsk' | 'hut'

const TOKEN = /^(hsk|hut)_([0-9A-Za-z]{6})[0-9A-Za-z]{27}[0-9A-Za-z]{6}$/
const CHECKSUM_LENGTH = 6

/** How many characters of a key are kept and listed, so that people can tell keys apart: the kind, the tag, two more. */
const VISIBLE_LENGTH = 12

/** A new secret and what the store keeps of it. */
export interface NewToken {
  /** Shown once and kept nowhere. */
  token: string
  hash: string
  prefix: string
}

/** Makes a token: kind, project tag, 160 random bits, and a checksum over all of it. */
export function newToken(kind: TokenKind, projectTag: string): NewToken {
  const secret = base62(BigInt(`0x${randomBytes(20).toString('hex')}`), 27)
  const body = `${kind}_${projectTag}${secret}`
  const token = body + checksum(body)
  return { token, hash: hashOf(token), prefix: token.slice(0, VISIBLE_LENGTH) }
}

/** Whose a token says it is, or null when it is mistyped or none of ours: told without asking the store. */
export function readToken(token: string): { kind: TokenKind; projectTag: string } | null {
  const [, kind, projectTag] = TOKEN.exec(token) ?? []
  if (kind === undefined || projectTag === undefined) return null
  if (checksum(token.slice(0, -CHECKSUM_LENGTH)) !== token.slice(-CHECKSUM_LENGTH)) return null
  return { kind: kind as TokenKind, projectTag }
}

/** SHA-256: a secret of 160 random bits needs no slow hash. */
export function hashOf(token: string): string {
  return hash('sha256', token, 'hex')
}

function checksum(text: string): string {
  return base62(BigInt(crc32(text)), CHECKSUM_LENGTH)
}
