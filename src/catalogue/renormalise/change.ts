import { type Alias, COLUMNS, type Model } from '../tables.ts'

/** What an operator named by hand: a model whose name differs from its sources', or TACs that only the operator set. */
export interface OperatorNaming {
  brand: boolean
  name: boolean
  /** The brand and name from the sources, to which rules apply; null if no source names it. */
  former: { brand: string; name: string } | null
}

/** A model, its identity by the facts of this version, and what an operator named by hand. */
export interface Member {
  model: Model
  target: { brand: string; name: string; variant: string; isCode: boolean }
  operator: OperatorNaming | undefined
}

/** A model before and after; the `merged` models become part of it. */
export interface Change {
  before: Model
  after: Model
  merged: Model[]
}

/** All changes that renormalising makes. */
export interface Plan {
  /** The number of models that were examined. */
  examined: number
  changes: Change[]
  aliases: { before: Alias; after: Alias }[]
}

/** Whether any stored column of a model differs. */
export function differs(before: Model, after: Model): boolean {
  return COLUMNS.device_models.names.some((column) => (before[column] ?? 0) !== (after[column] ?? 0))
}
