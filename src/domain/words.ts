import { textKey } from './keys.ts'

/** A run of letters and digits. */
const WORD = /[\p{L}\p{N}]+/gu

/** Digits, and what people write between the digits of a number. */
const NUMBER = /^[0-9 +\-/().]*$/
const DIGITS = /^[0-9]+$/

/** Fewer digits are a word, not a number. */
const FEWEST_DIGITS = 4

/**
 * The marks before the digits of a number: one for digits in order, to match its start, and one for reversed digits, to
 * match its end. No other word contains these marks.
 */
const FROM_START = '>'
const FROM_END = '<'

/** How many characters of a word the index holds. The rest is compared in the text of the object's words. */
const INDEXED_LENGTH = 40

/** The properties by which a user, a device or a SIM is found (docs/contract.md §12). */
export interface Findable {
  fullName?: string | null
  email?: string
  name?: string | null
  iccid?: string
  metadata: Readonly<Record<string, string>>
}

/**
 * One condition of a search: alternatives, each a list of starts of words. An object meets it if, for one alternative,
 * it has a word for every start.
 */
export type SearchTerm = readonly (readonly string[])[]

/**
 * The distinct words of an object, each after a space: ` anna dubois`. A number has words of its own: its digits from
 * the end and, for an ICCID, also from the start.
 */
export function wordsOf({ fullName, email, name, iccid, metadata }: Findable): string {
  const words = new Set<string>()
  for (const text of [fullName, email, name]) if (text) for (const word of splitWords(textKey(text))) words.add(word)
  for (const value of Object.values(metadata)) {
    const key = textKey(value)
    for (const word of splitWords(key)) words.add(word)
    const digits = NUMBER.test(key) ? digitsOf(key) : null
    if (digits !== null) words.add(FROM_END + reversed(digits))
  }
  if (iccid !== undefined) words.add(FROM_START + iccid).add(FROM_END + reversed(iccid))
  return Array.from(words, (word) => ` ${word}`).join('')
}

/** Whether two states of an object have the same texts, and so the same words. Cheaper than computing the words. */
export function haveSameTexts(one: Findable, other: Findable): boolean {
  if (one.fullName !== other.fullName || one.email !== other.email || one.name !== other.name) return false
  return one.iccid === other.iccid && JSON.stringify(one.metadata) === JSON.stringify(other.metadata)
}

/** The words of a text made by `wordsOf`, as the index stores them. */
export function indexedWords(words: string): string[] {
  return [...new Set(words.split(' ').slice(1).map(indexedStart))]
}

/** The part of a word, or of the start of a word, that the index stores. */
export function indexedStart(word: string): string {
  return word.length <= INDEXED_LENGTH ? word : [...word].slice(0, INDEXED_LENGTH).join('')
}

/** The number of words in the text of a search. */
export function countWords(text: string): number {
  return splitWords(textKey(text)).length
}

/** The conditions in the text of a search. */
export function parseSearch(text: string): SearchTerm[] {
  const key = textKey(text)
  const terms: SearchTerm[] = []
  let run: { words: string[]; end: number } = { words: [], end: 0 }

  function endRun(): void {
    const { words } = run
    const digits = digitsOf(words.join(''))
    if (digits !== null) terms.push([[FROM_END + reversed(digits)], [FROM_START + digits], words])
    else for (const word of words) terms.push([[word]])
    run = { words: [], end: 0 }
  }

  for (const { 0: word, index } of key.matchAll(WORD)) {
    const isNumeric = DIGITS.test(word)
    if (!isNumeric || !NUMBER.test(key.slice(run.end, index))) endRun()
    if (isNumeric) run = { words: [...run.words, word], end: index + word.length }
    else terms.push([[word]])
  }
  endRun()
  return terms
}

function splitWords(key: string): string[] {
  return key.match(WORD) ?? []
}

/** The digits of a number without leading zeros; null if there are too few. */
function digitsOf(text: string): string | null {
  const digits = text.replaceAll(/[^0-9]/g, '')
  return digits.length < FEWEST_DIGITS ? null : digits.replace(/^0+/, '') || null
}

function reversed(digits: string): string {
  return [...digits].reverse().join('')
}
