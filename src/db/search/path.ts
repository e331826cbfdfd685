import { keysFrom } from '../../domain/keys.ts'
import { indexedStart, type SearchTerm } from '../../domain/words.ts'
import type { Listing } from '../page.ts'
import type { Parameter, Queries } from '../port.ts'
import type { SearchKind } from './write.ts'

/**
 * The entries of a part are counted up to this number. A part with fewer can be read completely: 10,000 entries take one
 * or two milliseconds, since they are next to each other.
 */
export const MANY_ENTRIES = 10_000

/** Reading the text of one object takes about as long as reading this many entries of another part. */
const ENTRIES_PER_TEXT = 4

/** A search reads the entries of each word separately, from the cursor on, if there are at most this many words. */
const FEW_WORDS = 16

/** A range of words: from the first, inclusive, to the second, exclusive. */
type Range = readonly [from: string, to: string]

/** The part of the index that has the words of a term: a range for each of its alternatives. */
export type Part = readonly Range[]

/** A part without its empty ranges, and its number of entries. The entries of each range are counted up to a limit. */
export interface CountedPart {
  part: Part
  entries: number
}

interface Search extends Pick<Listing, 'parameters'> {
  kind: SearchKind
  terms: readonly SearchTerm[]
}

/** Counts the entries of the longest term, which usually has the fewest. */
export function countLongest(db: Queries, search: Search): Promise<CountedPart> {
  const [longest] = longestFirst(search.terms) as [SearchTerm]
  return countPart(db, search, longest, MANY_ENTRIES)
}

/**
 * Chooses parts of the index to be read completely, smallest first: the smallest part, and others that are hardly larger.
 * Returns undefined if all parts have many entries.
 */
export async function chooseParts(db: Queries, search: Search, longest: CountedPart): Promise<Part[] | undefined> {
  const counted = [longest]
  const limit = () => Math.min(MANY_ENTRIES, ...counted.map(({ entries }) => ENTRIES_PER_TEXT * entries + 1))
  for (const term of longestFirst(search.terms).slice(1)) counted.push(await countPart(db, search, term, limit()))
  const [smallest, ...others] = counted.toSorted((a, b) => a.entries - b.entries) as [CountedPart]
  if (smallest.entries >= MANY_ENTRIES) return undefined
  return [smallest, ...others.filter(({ entries }) => entries < limit())].map(({ part }) => part)
}

/**
 * Chooses how to search for terms that all have many entries: by the entries of each of a few words, if a term has few
 * distinct words, or else by a complete part.
 */
export async function chooseWords(db: Queries, search: Search): Promise<{ words: string[] } | { parts: Part[] }> {
  const parts = search.terms.map(partOf)
  const words = await Promise.all(parts.map((part) => listWords(db, search, part)))
  const fewest = words.toSorted((a, b) => a.length - b.length)[0] as string[]
  return fewest.length <= FEW_WORDS ? { words: fewest } : { parts: parts.slice(0, 1) }
}

async function countPart(db: Queries, search: Search, term: SearchTerm, limit: number): Promise<CountedPart> {
  const ranges = partOf(term)
  const counts = await Promise.all(ranges.map((range) => countEntries(db, search, range, limit)))
  const entries = counts.reduce((sum, count) => sum + count, 0)
  return { part: ranges.filter((_, position) => counts[position] !== 0), entries }
}

function partOf(term: SearchTerm): Part {
  return term.map((starts) => keysFrom(indexedStart(longest(starts))))
}

function longestFirst(terms: readonly SearchTerm[]): SearchTerm[] {
  const lengthOf = (term: SearchTerm) => Math.min(...term.map((starts) => longest(starts).length))
  return terms.toSorted((a, b) => lengthOf(b) - lengthOf(a))
}

const COUNT = `SELECT COUNT(*) AS count FROM (SELECT 1 AS one FROM search_words
  WHERE project_id = $1 AND kind = $2 AND word >= $3 AND word < $4 LIMIT $5 + 0) counted`

async function countEntries(db: Queries, search: Search, range: Range, limit: number): Promise<number> {
  return Number((await db.get<{ count: number | string }>(COUNT, [...keyOf(search), ...range, limit]))?.count)
}

const NEXT_WORD = 'SELECT MIN(word) FROM search_words WHERE project_id = $1 AND kind = $2'
/** Each word is one step in the index, however many objects have it. */
const LIST_WORDS = `WITH RECURSIVE listed (word) AS (
    SELECT (${NEXT_WORD} AND word >= $3 AND word < $4)
    UNION ALL SELECT (${NEXT_WORD} AND word > l.word AND word < $4) FROM listed l WHERE l.word IS NOT NULL
  ) SELECT word FROM listed WHERE word IS NOT NULL LIMIT $5 + 0`

/** The distinct words in a part of the index: of each range, at most one more than a few. */
async function listWords(db: Queries, search: Search, part: Part): Promise<string[]> {
  const found = await Promise.all(
    part.map((range) => db.all<{ word: string }>(LIST_WORDS, [...keyOf(search), ...range, FEW_WORDS + 1])),
  )
  return found.flat().map(({ word }) => word)
}

function keyOf({ parameters: [projectId = null], kind }: Search): Parameter[] {
  return [projectId, kind]
}

function longest(starts: readonly string[]): string {
  return starts.reduce((one, other) => (other.length > one.length ? other : one))
}
