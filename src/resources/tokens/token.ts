import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { base62 } from '../../domain/id.ts'

/**
 * API keys start with `hsk_`, user tokens with `hut_`, sessions of the console with `hcs_` and codes of links to it with
 * `hcl_`, so that people and secret scanners recognise a leaked one.
 */
export type TokenKind = 'hsk' | 'hut' | 'hcs' | 'hcl'

const TOKEN = /^(hsk|hut|hcs|hcl)_([0-9A-Za-z]{6})[0-9A-Za-z]{27}[0-9A-Za-z]{6}$/
const CHECKSUM_LENGTH = 6

/** The characters of a key that are stored and listed, to tell keys apart: the kind, the tag and two more. */
const VISIBLE_LENGTH = 12

/** A new token, and the parts of it that are stored. */
export interface NewToken {
  /** Shown once and stored nowhere. */
  token: string
  hash: string
  prefix: string
}

/** Creates a token: kind, project tag, 160 random bits, and a checksum over all of them. */
export function newToken(kind: TokenKind, projectTag: string): NewToken {
  const secret = base62(BigInt(`0x${randomBytes(20).toString('hex')}`), 27)
  const body = `${kind}_${projectTag}${secret}`
  const token = body + checksum(body)
  return { token, hash: hashOf(token), prefix: token.slice(0, VISIBLE_LENGTH) }
}

/** Reads the kind and the project tag of a token. Returns null for a mistyped or foreign one, without asking the store. */
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
