import { randomFillSync } from 'node:crypto'
import { toTimestamp } from './time.ts'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const TIME_LENGTH = 8
const TAG_LENGTH = 6
const RANDOM_LENGTH = 14

/** The number of base-62 digits that fit into a number without loss. */
const PART_LENGTH = 8
const PART = 62n ** 8n
const PART_END = 62 ** 8

/** The upper bound of the part of 80 random bits that is above the last 8 digits. */
const HIGH_END = Number(2n ** 80n / PART)

/** The prefixes of ids that contain a project's tag. Device models belong to no project. */
export const PROJECT_PREFIXES = ['dev', 'sim', 'usr', 'key', 'utk', 'evt', 'whe', 'wdl'] as const
export type ProjectPrefix = (typeof PROJECT_PREFIXES)[number]
export type Prefix = ProjectPrefix | 'dmd'

/** A new id and the time that it contains. */
export interface NewId {
  id: string
  /** RFC 3339 in UTC, to the second. */
  createdAt: string
}

/** Makes ids: see `createIdSource`. */
export interface IdSource {
  (prefix: 'dmd'): NewId
  (prefix: ProjectPrefix, projectTag: string): NewId
  /** Makes all ids from now on sort after those of this time, in Unix milliseconds. */
  continueAfter(time: number): void
}

/** A number in base 62, digits in ASCII order, padded on the left so that text order is number order. */
export function base62(value: bigint, length: number): string {
  let text = ''
  // Several digits at a time: dividing a number costs far less than dividing a bigint.
  for (let rest = value; text.length < length; rest /= PART) {
    text = digitsOf(Number(rest % PART), Math.min(PART_LENGTH, length - text.length)) + text
  }
  return text
}

/** The last digits of a number in base 62. */
function digitsOf(value: number, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest = Math.floor(rest / 62)) text = ALPHABET[rest % 62] + text
  return text
}

/** The number that `base62` wrote as this text. */
export function fromBase62(text: string): bigint {
  return [...text].reduce((value, digit) => value * 62n + BigInt(ALPHABET.indexOf(digit)), 0n)
}

/** The JSON Schema pattern of an id with this prefix. */
export function idPattern(prefix: Prefix): string {
  const length = TIME_LENGTH + (prefix === 'dmd' ? 0 : TAG_LENGTH) + RANDOM_LENGTH
  return `^${prefix}_[0-9A-Za-z]{${length}}$`
}

/** The time in an id, in Unix milliseconds. */
export function timeOfId(id: string): number {
  const start = id.indexOf('_') + 1
  return [...id.slice(start, start + TIME_LENGTH)].reduce((time, digit) => time * 62 + ALPHABET.indexOf(digit), 0)
}

/** The first time that an id cannot hold, in the year 8888. */
const TIME_END = 62 ** TIME_LENGTH

/** The lower bound of all ids made from this time on, in Unix milliseconds: older ids sort before it, newer ones after. */
export function idsFrom(prefix: Prefix, milliseconds: number): string {
  const time = Math.min(Math.max(milliseconds, 0), TIME_END)
  return time === TIME_END ? `${prefix}_~` : `${prefix}_${base62(BigInt(time), TIME_LENGTH)}`
}

/** A new project's tag: 32 random bits as 6 characters of base 62. */
export function newProjectTag(): string {
  return base62(randomBits(32), TAG_LENGTH)
}

/**
 * A source of ids that never repeat or go backwards within the process: 8 characters of Unix milliseconds, the
 * project's tag if there is one, and 80 bits that are random in each new millisecond and grow by a random step within
 * it. If the clock is set back, the source ignores that.
 */
export function createIdSource(clock: () => number): IdSource {
  let time = 0
  let timeText = ''
  let createdAt = ''
  // The random bits, as numbers: HIGH * 62^8 + LOW.
  let high = 0
  let highText = ''
  let low = 0

  function enter(milliseconds: number): void {
    time = milliseconds
    timeText = digitsOf(time, TIME_LENGTH)
    createdAt = toTimestamp(time)
    const random = randomBits(80) >> 1n
    setHigh(Number(random / PART))
    low = Number(random % PART)
  }

  function setHigh(value: number): void {
    high = value
    highText = digitsOf(high, RANDOM_LENGTH - PART_LENGTH)
  }

  function step(): void {
    low += 1 + randomNumber()
    if (low < PART_END) return
    low -= PART_END
    setHigh(high + 1)
    if (high >= HIGH_END) enter(time + 1)
  }

  function newId(prefix: Prefix, projectTag = ''): NewId {
    const now = clock()
    if (now > time) enter(now)
    else step()
    return { id: `${prefix}_${timeText}${projectTag}${highText}${digitsOf(low, PART_LENGTH)}`, createdAt }
  }

  function continueAfter(newest: number): void {
    if (newest >= time) enter(newest + 1)
  }

  return Object.assign(newId, { continueAfter })
}

function randomBits(bits: 32 | 80): bigint {
  let value = 0n
  for (let drawn = 0; drawn < bits; drawn += 32) value = (value << 32n) | BigInt(randomNumber())
  return BigInt.asUintN(bits, value)
}

const pool = new Uint32Array(1_024)
let used = pool.length

/** A random number of 32 bits. Requested from the system in blocks that last for hundreds of ids. */
function randomNumber(): number {
  if (used === pool.length) {
    // Not `crypto.getRandomValues`, which loads all of Web Crypto.
    randomFillSync(pool)
    used = 0
  }
  return pool[used++] as number
}
