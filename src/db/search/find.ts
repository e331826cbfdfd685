import type { ListItem } from '../../contract/list.ts'
import type { Awaitable } from '../../domain/awaitable.ts'
import { type Cursor, type Page, toPage } from '../../domain/cursor.ts'
import type { SearchTerm } from '../../domain/words.ts'
import { type Count, countNarrow, countOf, countRows } from '../count.ts'
import { type Listing, selectPage, where } from '../page.ts'
import type { Parameter, Queries } from '../port.ts'
import { chooseParts, chooseWords, countLongest, MANY_ENTRIES, type Part } from './path.ts'
import type { SearchKind } from './write.ts'

/** The tables with the words of objects. Each object is in one of them. */
const TEXTS = ['search_texts', 'search_pending']

/** How many objects next to the cursor are searched before the index of words is used. */
const NEAR_OBJECTS = 1_000

/** Objects that meet the terms are counted up to this number. */
const MAX_COUNTED = 1_000

/** One side of a cursor. */
interface Side {
  /** A bound of the ids, as in `['<', 'usr_…']`; undefined for the whole list. */
  bound?: readonly [comparison: '<' | '<=' | '>' | '>=', id: string] | undefined
  order: 'ASC' | 'DESC'
  limit: number
}

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
 * If the terms are common, it reads the words of the objects next to the cursor, in the order of the list: when many objects
 * meet the terms, these fill the page. Otherwise the rarest terms find the objects in the index of words, and their words
 * are compared with the other terms. So the cost depends on how many objects have the rarest word.
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
  const matches = TEXTS.map((texts) => `EXISTS (SELECT 1 FROM ${texts} st ${all})`).join(' OR ')
  return { ...listing, parameters, conditions: [...listing.conditions, `(${matches})`] }
}

/** The ids of the first objects on a side of the cursor that meet all conditions. */
async function findIds(db: Queries, listing: WordListing, side: Side): Promise<string[]> {
  // In this order: an object that becomes indexed in the meantime is found by both.
  const pending = await findPending(db, listing, side)
  const indexed = await findIndexed(db, listing, side)
  return pending.length === 0 ? indexed : inOrder([...pending, ...indexed], side)
}

/** Ids without duplicates, in the order of a side of the cursor. */
function inOrder(found: readonly string[], { order, limit }: Side): string[] {
  const ids = [...new Set(found)].sort()
  return (order === 'ASC' ? ids : ids.reverse()).slice(0, limit)
}

/** Finds objects whose words are not in the index yet. There are few, so they are all compared. */
function findPending(db: Queries, listing: WordListing, side: Side): Promise<string[]> {
  const { areTexts, onSide, parameters, select } = createSearch(listing, side)
  return idsOf(db, select('search_pending st', 'st', [areTexts('st'), onSide('st')]), parameters)
}

/** Finds objects whose words are in the index. */
async function findIndexed(db: Queries, listing: WordListing, side: Side): Promise<string[]> {
  // Of several words, one is usually rare, and then hardly any object next to the cursor has them all.
  const longest = listing.terms.length > 1 ? await countLongest(db, listing) : undefined
  if (longest === undefined || longest.entries >= MANY_ENTRIES) {
    const near = await findNear(db, listing, side)
    if (near.length === side.limit) return near
  }
  const parts = await chooseParts(db, listing, longest ?? (await countLongest(db, listing)))
  if (parts !== undefined) return findInParts(db, listing, side, parts)
  const path = await chooseWords(db, listing)
  return 'words' in path ? findByWords(db, listing, side, path.words) : findInParts(db, listing, side, path.parts)
}

/**
 * The conditions that are true if the words of an object, in `texts`, meet all terms. `place` adds a parameter to the
 * statement.
 */
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
  // The first condition is the project, which the texts have as well.
  const isFiltered = conditions.length > 1
  return {
    parameters,
    place,
    ofKind,
    /** The condition that an id is on the side of the cursor. */
    onSide: (name: string) => places.map((compared) => `${name}.id ${compared}`).join(' AND '),
    /** The condition that texts are of this kind. */
    areTexts: (name: string) => `${name}.project_id = $1 AND ${name}.kind = ${ofKind}`,
    /** The statement. `from` has the texts as `st`, and `first` is the alias in whose order it finds them. */
    select: (from: string, first: string, further: readonly string[]) => `SELECT st.id AS id
      FROM ${from} ${isFiltered ? `CROSS JOIN ${table} ${alias} ${joins}` : ''}
      ${where([...further, ...matches, ...(isFiltered ? [`${alias}.id = st.id`, ...conditions] : [])])}
      ORDER BY ${first}.id ${order} LIMIT ${place(limit)} + 0`,
  }
}

/** Finds objects among those next to the cursor. */
async function findNear(db: Queries, listing: WordListing, side: Side): Promise<string[]> {
  const { areTexts, onSide, parameters, select } = createSearch(listing, side)
  const near = `SELECT e.id, e.words FROM search_texts e ${where([areTexts('e'), onSide('e')])}
    ORDER BY e.id ${side.order} LIMIT ${NEAR_OBJECTS}`
  return idsOf(db, select(`(${near}) st`, 'st', []), parameters)
}

/**
 * Finds objects by reading complete parts of the index, smallest first. The text of an object is read only if it is in all
 * of them.
 */
async function findInParts(db: Queries, listing: WordListing, side: Side, parts: readonly Part[]): Promise<string[]> {
  if (parts.some((part) => part.length === 0)) return []
  const { place, ofKind, areTexts, onSide, parameters, select } = createSearch(listing, side)
  const idsIn = (part: Part) => {
    const ranges = part.map(([from, to]) => {
      const inRange = [`sw.word >= ${place(from)}`, `sw.word < ${place(to)}`]
      return `SELECT sw.id FROM search_words sw
        ${where(['sw.project_id = $1', `sw.kind = ${ofKind}`, ...inRange, onSide('sw')])}`
    })
    return ranges.join(' UNION ALL ')
  }
  const smaller = parts.slice(0, -1).map(idsIn)
  // PostgreSQL plans `IN` alone as a join, with nested loops where it expects few entries. With IS TRUE and a limit, it
  // hashes the smaller parts.
  const inAll = smaller.map((ids) => `(p.id IN (SELECT s.id FROM (${ids}) s LIMIT ${2 * MANY_ENTRIES})) IS TRUE`)
  const found = `(SELECT p.id FROM (${idsIn(parts.at(-1) as Part)}) p ${where(inAll)} GROUP BY p.id ORDER BY p.id ${side.order}) c`
  return idsOf(db, select(`${found} CROSS JOIN search_texts st`, 'c', [areTexts('st'), 'st.id = c.id']), parameters)
}

/** Finds objects by reading the entries of each of a few words, from the cursor on. */
async function findByWords(db: Queries, listing: WordListing, side: Side, words: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    words.map((word) => {
      const { place, ofKind, areTexts, onSide, parameters, select } = createSearch(listing, side)
      const ofWord = ['sw.project_id = $1', `sw.kind = ${ofKind}`, `sw.word = ${place(word)}`, onSide('sw')]
      return idsOf(
        db,
        select('search_words sw CROSS JOIN search_texts st', 'sw', [...ofWord, areTexts('st'), 'st.id = sw.id']),
        parameters,
      )
    }),
  )
  return inOrder(found.flat(), side)
}

async function readItems(db: Queries, listing: Listing, ids: readonly string[]): Promise<ListItem[]> {
  if (ids.length === 0) return []
  const { table, alias, joins, json, parameters } = listing
  // With the limit, PostgreSQL knows how few they are, and finds them by their key. Otherwise it expects 100.
  return db.all<ListItem>(
    `SELECT ${alias}.id AS id, ${json} AS json FROM ${table} ${alias} ${joins}
    WHERE ${alias}.project_id = $1 AND ${alias}.id IN (JSON_ITEMS($2) LIMIT $3 + 0) ORDER BY ${alias}.id DESC`,
    [parameters[0] ?? null, JSON.stringify(ids), ids.length],
  )
}

async function idsOf(db: Queries, sql: string, parameters: readonly Parameter[]): Promise<string[]> {
  return (await db.all<{ id: string }>(sql, parameters)).map(({ id }) => id)
}
