import type { ListItem } from '../../contract/list.ts'
import type { Awaitable } from '../../domain/awaitable.ts'
import { type Cursor, type Page, toPage } from '../../domain/cursor.ts'
import { keysFrom } from '../../domain/keys.ts'
import { indexedStart, type SearchTerm } from '../../domain/words.ts'
import { type Count, countNarrow, countOf, countRows } from '../count.ts'
import { type Listing, selectPage, where } from '../page.ts'
import type { Parameter, Queries } from '../port.ts'
import type { SearchKind } from './write.ts'

/** How many objects next to the cursor are searched before the index of words is used. */
const NEAR_OBJECTS = 1_000

/** The entries of a part of the index are counted up to this number. Parts with fewer are read completely. */
const FEW_ENTRIES = 2_000

/** Objects that meet the terms are counted up to this number. */
const MAX_COUNTED = 1_000

/** A search reads the entries of each word separately, from the cursor on, if there are at most this many words. */
const FEW_WORDS = 16

/** One side of a cursor. */
interface Side {
  /** A bound of the ids, as in `['<', 'usr_…']`; undefined for the whole list. */
  bound?: readonly [comparison: '<' | '<=' | '>' | '>=', id: string] | undefined
  order: 'ASC' | 'DESC'
  limit: number
}

/** A part of the index: words from the first, inclusive, to the second, exclusive. */
type Range = readonly [from: string, to: string]

/** A list of objects that is searched by words. Its conditions and bounds apply too. */
export interface WordListing extends Listing {
  kind: SearchKind
  /** All of them must be met. Without any, this is an ordinary list. */
  terms: readonly SearchTerm[]
  /** Whether the other conditions leave so few objects that their words can simply be compared. */
  isNarrow: boolean
}

/**
 * Selects a page of the objects that meet all terms, newest first (docs/contract.md §12).
 *
 * First it reads the words of the objects next to the cursor, in the order of the list: if many objects meet the terms,
 * these fill the page. Otherwise the rarest term finds the objects in the index of words, and their words are compared
 * with the other terms. So the cost depends on how many objects have the rarest word.
 */
export function selectByWords(db: Queries, listing: WordListing, cursor: Cursor): Awaitable<Page<ListItem>> {
  if (listing.terms.length === 0) return selectPage(db, listing, cursor)
  if (listing.isNarrow) return selectPage(db, withWordConditions(listing), cursor)
  return searchPage(db, listing, cursor)
}

/** Counts the objects that meet all terms, up to a limit (docs/contract.md §4). */
export async function countByWords(db: Queries, listing: WordListing): Promise<Count> {
  if (listing.terms.length === 0) return listing.isNarrow ? countNarrow(db, listing) : countRows(db, listing)
  if (listing.isNarrow) return countNarrow(db, withWordConditions(listing))
  const ids = await findIds(db, listing, { order: 'DESC', limit: MAX_COUNTED + 1 })
  return countOf(ids.length, MAX_COUNTED)
}

async function searchPage(db: Queries, listing: WordListing, cursor: Cursor): Promise<Page<ListItem>> {
  const { after, before, limit } = cursor
  const isBackwards = before !== undefined
  const given = after ?? before
  const [ahead, behind] = isBackwards ? (['>', '<='] as const) : (['<', '>='] as const)
  const [forth, back] = isBackwards ? (['ASC', 'DESC'] as const) : (['DESC', 'ASC'] as const)
  const bound = given === undefined ? undefined : ([ahead, given] as const)
  const ids = await findIds(db, listing, { bound, order: forth, limit: limit + 1 })
  const others =
    given === undefined ? [] : await findIds(db, listing, { bound: [behind, given], order: back, limit: 1 })
  const items = await readItems(db, listing, ids)
  return toPage(isBackwards ? items.toReversed() : items, others.length > 0, cursor)
}

/** The list with its terms as conditions of its rows. */
function withWordConditions(listing: WordListing): Listing {
  const parameters = [...listing.parameters]
  const place = (value: Parameter) => `$${parameters.push(value)}`
  const ofObject = ['st.project_id = $1', `st.kind = ${place(listing.kind)}`, `st.id = ${listing.alias}.id`]
  const all = where([...ofObject, ...wordConditions(listing.terms, 'st', place)])
  return {
    ...listing,
    parameters,
    conditions: [...listing.conditions, `EXISTS (SELECT 1 FROM search_texts st ${all})`],
  }
}

/** The ids of the first objects on a side of the cursor that meet all conditions. */
async function findIds(db: Queries, listing: WordListing, side: Side): Promise<string[]> {
  const near = await findNear(db, listing, side)
  if (near.length === side.limit) return near
  const { ranges, words } = await rarestPart(db, listing)
  if (ranges.length === 0) return []
  return words === null ? findInRanges(db, listing, side, ranges) : findByWords(db, listing, side, words)
}

/** The conditions that the words in `texts` of an object meet all terms. `place` adds a parameter to the statement. */
export function wordConditions(
  terms: readonly SearchTerm[],
  texts: string,
  place: (parameter: Parameter) => string,
): string[] {
  return terms.map((alternatives) => {
    const any = alternatives.map((starts) =>
      starts.map((start) => `${texts}.words LIKE '% ' || ${place(start)} || '%'`).join(' AND '),
    )
    return any.length === 1 ? (any[0] as string) : `(${any.map((each) => `(${each})`).join(' OR ')})`
  })
}

/** The parts of a statement that finds objects whose words meet the terms. */
function createSearch(listing: WordListing, { bound, order, limit }: Side) {
  const { table, alias, joins, conditions, bounds = [], kind, terms } = listing
  const parameters: Parameter[] = [...listing.parameters]
  const place = (value: Parameter) => `$${parameters.push(value)}`
  const ofKind = place(kind)
  const places = [...(bound === undefined ? [] : [bound]), ...bounds].map(
    ([comparison, id]) => `${comparison} ${place(id)}`,
  )
  const matches = wordConditions(terms, 'st', place)
  return {
    parameters,
    place,
    ofKind,
    /** The condition that an id is on the side of the cursor. */
    onSide: (name: string) => places.map((compared) => `${name}.id ${compared}`).join(' AND '),
    /** The statement. `from` has the texts as `st`, and `first` is the alias in whose order it finds them. */
    select: (from: string, first: string, further: readonly string[]) => `SELECT st.id AS id
      FROM ${from} CROSS JOIN ${table} ${alias} ${joins}
      ${where(['st.project_id = $1', `st.kind = ${ofKind}`, ...further, ...matches, `${alias}.id = st.id`, ...conditions])}
      ORDER BY ${first}.id ${order} LIMIT ${place(limit)} + 0`,
  }
}

/** Finds objects among those next to the cursor. */
async function findNear(db: Queries, listing: WordListing, side: Side): Promise<string[]> {
  const { ofKind, onSide, parameters, select } = createSearch(listing, side)
  const edge = `SELECT e.id FROM search_texts e ${where(['e.project_id = $1', `e.kind = ${ofKind}`, onSide('e')])}
    ORDER BY e.id ${side.order} LIMIT 1 OFFSET ${NEAR_OBJECTS}`
  const upTo = side.order === 'DESC' ? `st.id >= COALESCE((${edge}), '')` : `st.id <= COALESCE((${edge}), '~')`
  return idsOf(db, select('search_texts st', 'st', [onSide('st'), upTo]), parameters)
}

/** Finds objects by reading complete parts of the index. */
async function findInRanges(
  db: Queries,
  listing: WordListing,
  side: Side,
  ranges: readonly Range[],
): Promise<string[]> {
  const { place, ofKind, onSide, parameters, select } = createSearch(listing, side)
  const parts = ranges.map(
    ([from, to]) => `SELECT sw.id FROM search_words sw
      ${where([
        ...['sw.project_id = $1', `sw.kind = ${ofKind}`, `sw.word >= ${place(from)}`, `sw.word < ${place(to)}`],
        onSide('sw'),
      ])}`,
  )
  const found = `(SELECT f.id FROM (${parts.join(' UNION ALL ')}) f GROUP BY f.id ORDER BY f.id ${side.order}) c`
  return idsOf(db, select(`${found} CROSS JOIN search_texts st`, 'c', ['st.id = c.id']), parameters)
}

/** Finds objects by reading the entries of each of a few words, from the cursor on. */
async function findByWords(db: Queries, listing: WordListing, side: Side, words: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    words.map((word) => {
      const { place, ofKind, onSide, parameters, select } = createSearch(listing, side)
      const ofWord = ['sw.project_id = $1', `sw.kind = ${ofKind}`, `sw.word = ${place(word)}`, onSide('sw')]
      return idsOf(
        db,
        select('search_words sw CROSS JOIN search_texts st', 'sw', [...ofWord, 'st.id = sw.id']),
        parameters,
      )
    }),
  )
  const ids = [...new Set(found.flat())].sort()
  return (side.order === 'ASC' ? ids : ids.reverse()).slice(0, side.limit)
}

/**
 * The parts of the index with the words of one term: the one with the fewest entries. If even that has many, a term with
 * few distinct words is returned instead, together with these words.
 */
async function rarestPart(
  db: Queries,
  { parameters: [projectId = null], kind, terms }: WordListing,
): Promise<{ ranges: readonly Range[]; words: readonly string[] | null }> {
  const parts = await Promise.all(
    terms.map(async (alternatives) => {
      const ranges = alternatives.map((starts) => keysFrom(indexedStart(longest(starts))))
      const counts = await Promise.all(ranges.map(([from, to]) => countEntries(db, [projectId, kind, from, to])))
      const entries = counts.reduce((sum, count) => sum + count, 0)
      return { ranges: ranges.filter((_, position) => counts[position] !== 0), entries, words: null }
    }),
  )
  const rarest = parts.toSorted((a, b) => a.entries - b.entries)[0] as (typeof parts)[number]
  if (rarest.entries < FEW_ENTRIES) return rarest
  const counted = await Promise.all(
    parts.map(async (part) => {
      const found = part.ranges.map(([from, to]) => listWords(db, [projectId, kind, from, to, FEW_WORDS + 1]))
      return { ...part, words: (await Promise.all(found)).flat() }
    }),
  )
  const plainest = counted.toSorted((a, b) => a.words.length - b.words.length)[0] as (typeof counted)[number]
  return plainest.words.length <= FEW_WORDS ? plainest : rarest
}

const COUNT = `SELECT COUNT(*) AS count FROM (SELECT 1 AS one FROM search_words
  WHERE project_id = $1 AND kind = $2 AND word >= $3 AND word < $4 LIMIT ${FEW_ENTRIES}) counted`

/** The number of entries in a part of the index, up to `FEW_ENTRIES`. */
async function countEntries(db: Queries, parameters: readonly Parameter[]): Promise<number> {
  return Number((await db.get<{ count: number | string }>(COUNT, parameters))?.count)
}

const NEXT_WORD = 'SELECT MIN(word) FROM search_words WHERE project_id = $1 AND kind = $2'
/** Each word is one step in the index, however many objects have it. */
const LIST_WORDS = `WITH RECURSIVE listed (word) AS (
    SELECT (${NEXT_WORD} AND word >= $3 AND word < $4)
    UNION ALL SELECT (${NEXT_WORD} AND word > l.word AND word < $4) FROM listed l WHERE l.word IS NOT NULL
  ) SELECT word FROM listed WHERE word IS NOT NULL LIMIT $5 + 0`

/** The distinct words in a part of the index. */
async function listWords(db: Queries, parameters: readonly Parameter[]): Promise<string[]> {
  return (await db.all<{ word: string }>(LIST_WORDS, parameters)).map(({ word }) => word)
}

async function readItems(db: Queries, listing: Listing, ids: readonly string[]): Promise<ListItem[]> {
  if (ids.length === 0) return []
  const { table, alias, joins, json, parameters } = listing
  return db.all<ListItem>(
    `SELECT ${alias}.id AS id, ${json} AS json FROM ${table} ${alias} ${joins}
    WHERE ${alias}.project_id = $1 AND ${alias}.id IN (JSON_ITEMS($2)) ORDER BY ${alias}.id DESC`,
    [parameters[0] ?? null, JSON.stringify(ids)],
  )
}

async function idsOf(db: Queries, sql: string, parameters: readonly Parameter[]): Promise<string[]> {
  return (await db.all<{ id: string }>(sql, parameters)).map(({ id }) => id)
}

function longest(starts: readonly string[]): string {
  return starts.reduce((one, other) => (other.length > one.length ? other : one))
}
