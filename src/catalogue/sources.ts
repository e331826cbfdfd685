import type { FormatName } from './formats/rows.ts'

/** Where something is said of a TAC or a model. */
export type Source = FormatName | 'starter' | 'operator' | 'rule'

/**
 * A higher rank corrects a lower one and never the reverse. Rules speak only where no source does; a list of what phones
 * were seen on is newer than Osmocom's; the GSMA allocates TACs; an operator's own list corrects them all, and what an
 * operator sets by hand outranks every list.
 */
export const SOURCE_RANKS: Readonly<Record<Source, number>> = {
  rule: 0,
  osmocom: 1,
  samloader: 2,
  starter: 3,
  gsma: 4,
  csv: 5,
  ndjson: 5,
  operator: 6,
}

/** The rank of the source in a column, in SQL; one that no row names is below all. */
export function rankSql(column: string): string {
  const ranks = Object.entries(SOURCE_RANKS).map(([source, rank]) => `WHEN '${source}' THEN ${rank}`)
  return `(CASE ${column} ${ranks.join(' ')} ELSE -1 END)`
}
