import { keysFrom } from '../../domain/keys.ts'
import { indexedStart, type SearchTerm } from '../../domain/words.ts'
import type { Listing } from '../page.ts'
import type { Parameter, Queries } from '../port.ts'
import type { SearchKind } from './write.ts'

/**
 * The entries of the parts are counted up to the first number, and up to the next if all have more. A part with fewer than
 * the last is read completely: 10,000 entries take about a millisecond, since they are next to each other.
 */
const LIMITS = [1_000, 10_000]

/** In the time in which the text of one object is read, about this many entries of another part can be read. */
const ENTRIES_PER_TEXT = 4

/** A search reads the entries of each word separately, from the cursor on, if there are at most this many words. */
const FEW_WORDS = 16

/** A range of words: from the first, inclusive, to the second, exclusive. */
type Range = readonly [from: string, to: string]

/** The part of the index that has the words of a term: a range for each of its alternatives. */
export type Part = readonly Range[]

/**
 * How a search uses the index. Either it reads complete parts, the smallest first: every object that it finds is in all
 * of them. Or it follows the entries of each of a few words.
 */
export type Path = { parts: readonly Part[] } | { words: readonly string[] }

interface Search extends Pick<Listing, 'parameters'> {
  kind: SearchKind
  terms: readonly SearchTerm[]
}

/**
 * Chooses the smallest part, and others that are hardly larger. If all parts have many entries, it chooses a term with few
 * distinct words instead.
 */
export async function choosePath(db: Queries, search: Search): Promise<Path> {
  for (const limit of LIMITS) {
    const [rarest, ...others] = await countParts(db, search, limit)
    if (rarest === undefined || rarest.entries >= limit) continue
    const most = Math.min(limit, ENTRIES_PER_TEXT * rarest.entries + 1)
    return { parts: [rarest, ...others.filter(({ entries }) => entries < most)].map(({ part }) => part) }
  }
  const parts = search.terms.map(partOf)
  const words = await Promise.all(parts.map((part) => listWords(db, search, part)))
  const fewest = words.toSorted((a, b) => a.length - b.length)[0] as string[]
  return fewest.length <= FEW_WORDS ? { words: fewest } : { parts: parts.slice(0, 1) }
}

/** The parts of all terms, without ranges that are empty, and their numbers of entries up to a limit, smallest first. */
async function countParts(db: Queries, search: Search, limit: number): Promise<{ part: Part; entries: number }[]> {
  const counted = search.terms.map(async (term) => {
    const ranges = partOf(term)
    const counts = await Promise.all(ranges.map((range) => countEntries(db, search, range, limit)))
    const entries = counts.reduce((sum, count) => sum + count, 0)
    return { part: ranges.filter((_, position) => counts[position] !== 0), entries }
  })
  return (await Promise.all(counted)).toSorted((a, b) => a.entries - b.entries)
}

function partOf(term: SearchTerm): Part {
  return term.map((starts) => keysFrom(indexedStart(longest(starts))))
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

/** The distinct words in a part of the index, or one more than a few of each range. */
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
