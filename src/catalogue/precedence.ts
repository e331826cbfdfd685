import type { FormatName } from './formats/rows.ts'

// Which source outranks which: defined here once, for code and for SQL. A property test checks that the two agree.

/** Where a statement about a TAC or a model comes from. */
export type Source = FormatName | 'starter' | 'operator' | 'rule'

/**
 * The lowest rank first. A rule only fills in what no source states. The samloader list, which records the phones that
 * TACs were seen on, is newer than Osmocom's. The GSMA allocates TACs. An operator's own list corrects all of them, and
 * what an operator sets by hand outranks every list.
 */
const RANK_OF = {
  rule: 0,
  osmocom: 1,
  samloader: 2,
  starter: 3,
  gsma: 4,
  csv: 5,
  ndjson: 5,
  operator: 6,
} as const satisfies Record<Source, number>

export const SOURCES = Object.keys(RANK_OF) as Source[]

const RANKS = new Map<string, number>(Object.entries(RANK_OF))

/** Below every source: the rank where no source is recorded. */
const NO_RANK = -1

/** The rank of a source. Null, where no source is recorded, ranks below all of them. */
export function rankOf(source: string | null): number {
  return (source === null ? undefined : RANKS.get(source)) ?? NO_RANK
}

/** `rankOf` the source in a column, in SQL. */
export function rankSql(column: string): string {
  const ranks = [...RANKS].map(([source, rank]) => `WHEN '${source}' THEN ${rank}`)
  return `(CASE ${column} ${ranks.join(' ')} ELSE ${NO_RANK} END)`
}

/**
 * Whether the type or SIM types that `challenger` states replace those from `holder`. If the ranks are equal, the newer
 * statement wins.
 */
export function replacesKinds(challenger: string, holder: string | null): boolean {
  return rankOf(challenger) >= rankOf(holder)
}

/** `replacesKinds` in SQL; `rank` is the challenger's rank, `holder` the column of the holder's source. */
export function replacesKindsSql(rank: string, holder: string): string {
  return `${rank} >= ${rankSql(holder)}`
}

/** Whether rules apply, because no source states the value that comes from `holder`. */
export function yieldsToRules(holder: string | null): boolean {
  return rankOf(holder) <= rankOf('rule')
}

/** `yieldsToRules` in SQL; `holder` is the column of the holder's source. */
export function yieldsToRulesSql(holder: string): string {
  return `${rankSql(holder)} <= ${rankOf('rule')}`
}

/** A source's statement of which model a TAC belongs to. */
export interface Naming {
  source: string
  brandKey: string
  nameKey: string
  /** Whether the name is only the maker's code. */
  isCode: boolean
  /** Whether the source also states the SIM types of the TAC. */
  statesSimTypes: boolean
  /** About when the phone was new, or null if its name does not say. */
  year: number | null
}

/** Phones whose years are this far apart are of different eras. */
const ERA_YEARS = 6

/**
 * Whether two statements name phones of different eras. Old lists contain TACs that have been reallocated since, and
 * numbers that never were complete TACs, so the newer phone is right, whatever the rank of its source. What an operator
 * sets by hand is exempt.
 */
export function isOfOtherEra(a: Pick<Naming, 'source' | 'year'>, b: Pick<Naming, 'source' | 'year'>): boolean {
  if (a.year === null || b.year === null || a.source === 'operator' || b.source === 'operator') return false
  return Math.abs(a.year - b.year) >= ERA_YEARS
}

/** `isOfOtherEra` in SQL; `rank` is the challenger's rank. */
export function isOfOtherEraSql(
  challenger: { rank: string; year: string },
  holder: { source: string; year: string },
): string {
  return `(COALESCE(ABS(${challenger.year} - ${holder.year}), 0) >= ${ERA_YEARS}
    AND ${challenger.rank} < ${rankOf('operator')} AND ${holder.source} <> 'operator')`
}

/**
 * Compares what two sources call the model of a TAC, when they differ:
 * - `lessSpecific`: the challenger only has a code of the same brand, which never replaces a name or another code; or it
 *   has the plain name of the variant that the holder names, and does not state SIM types.
 * - If the phones are of different eras, the newer one is the answer.
 * - `outranked`: the holder's source ranks higher, and the challenger does not name a model that the holder only knows
 *   by its code.
 * - `replaces`: the challenger's model becomes the answer.
 */
export const NAMING_VERDICTS = ['lessSpecific', 'outranked', 'replaces'] as const
export type NamingVerdict = (typeof NAMING_VERDICTS)[number]

export function compareNaming(challenger: Naming, holder: Naming): NamingVerdict {
  const sameBrand = challenger.brandKey === holder.brandKey
  const isPlainName = !challenger.statesSimTypes && holder.nameKey.startsWith(`${challenger.nameKey} (`)
  if (sameBrand && (challenger.isCode || isPlainName)) return 'lessSpecific'
  if (isOfOtherEra(challenger, holder)) return Number(challenger.year) > Number(holder.year) ? 'replaces' : 'outranked'
  const namesCode = sameBrand && holder.isCode && holder.source !== 'operator'
  return rankOf(holder.source) > rankOf(challenger.source) && !namesCode ? 'outranked' : 'replaces'
}

/** The columns that hold a `Naming`. */
interface NamingColumns {
  source: string
  brandKey: string
  nameKey: string
  isCode: string
  year: string
}

/** `compareNaming` in SQL; `rank` is the challenger's rank, `simTypes` the column of the SIM types that it states. */
export function compareNamingSql(
  challenger: Omit<NamingColumns, 'source'> & { rank: string; simTypes: string },
  holder: NamingColumns,
): string {
  const sameBrand = `${challenger.brandKey} = ${holder.brandKey}`
  const namesCode = `${sameBrand} AND COALESCE(${holder.isCode}, 0) = 1 AND ${holder.source} <> 'operator'`
  const isPlainName = `${challenger.simTypes} IS NULL
    AND SUBSTR(${holder.nameKey}, 1, LENGTH(${challenger.nameKey}) + 2) = ${challenger.nameKey} || ' ('`
  return `(CASE WHEN ${sameBrand} AND (${challenger.isCode} = 1 OR ${isPlainName}) THEN 'lessSpecific'
    WHEN ${isOfOtherEraSql(challenger, holder)}
      THEN CASE WHEN ${challenger.year} > ${holder.year} THEN 'replaces' ELSE 'outranked' END
    WHEN ${rankSql(holder.source)} > ${challenger.rank} AND NOT (${namesCode}) THEN 'outranked'
    ELSE 'replaces' END)`
}

/** The statement that wins when each is compared with the others, the lowest rank first. */
export function bestNaming<Statement extends Naming>(statements: readonly Statement[]): Statement | undefined {
  const [first, ...others] = byRank(statements)
  return (
    first && others.reduce((best, each) => (compareNaming(each, best) === 'replaces' ? each : best), first as Statement)
  )
}

/** Statements sorted by the rank of their source, the lowest first. */
export function byRank<Statement extends { source: string }>(statements: readonly Statement[]): Statement[] {
  return statements.toSorted((a, b) => rankOf(a.source) - rankOf(b.source))
}
