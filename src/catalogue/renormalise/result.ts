import type { Model } from '../tables.ts'
import type { Plan } from './change.ts'

/** A change of one model, for people to read. */
export interface RenormalisedModel {
  id: string
  before: string
  after: string
}

/** What renormalising did or, as a dry run, would do. */
export interface Renormalised {
  /** Models that were examined. */
  models: number
  /** Models whose brand or name changes, merged ones excluded. */
  renamed: number
  /** Models that are merged into an older one, which also answers for their ids. */
  merged: number
  /** Models whose type or SIM types change. */
  kinds: number
  /** Claims of other sources whose brand or name changes. */
  claims: number
  /** Every brand whose spelling changes, and the number of its models. */
  brands: { before: string; after: string; models: number }[]
  examples: Record<'renamed' | 'merged' | 'kinds', RenormalisedModel[]>
}

/** How many examples of each kind of change a result lists. */
const EXAMPLES = 10

/** Summarises planned changes; `claims` is the number of claims that change. */
export function summarise({ examined, changes }: Plan, claims: number): Renormalised {
  const renamed: RenormalisedModel[] = []
  const merged: RenormalisedModel[] = []
  const kinds: RenormalisedModel[] = []
  const brands = new Map<string, { before: string; after: string; models: number }>()
  for (const { before, after, merged: others } of changes) {
    const line = { id: before.id, before: nameOf(before), after: nameOf(after) }
    if (line.before !== line.after) renamed.push(line)
    if (before.type !== after.type || before.sim_types !== after.sim_types) {
      kinds.push({ id: before.id, before: kindsOf(before), after: kindsOf(after) })
    }
    merged.push(...others.map((other) => ({ id: other.id, before: nameOf(other), after: nameOf(after) })))
    for (const { brand } of [before, ...others]) {
      if (brand === after.brand) continue
      const key = `${brand}\t${after.brand}`
      brands.set(key, { before: brand, after: after.brand, models: (brands.get(key)?.models ?? 0) + 1 })
    }
  }
  return {
    models: examined,
    renamed: renamed.length,
    merged: merged.length,
    kinds: kinds.length,
    claims,
    brands: [...brands.values()],
    examples: {
      renamed: renamed.slice(0, EXAMPLES),
      merged: merged.slice(0, EXAMPLES),
      kinds: kinds.slice(0, EXAMPLES),
    },
  }
}

function nameOf({ brand, name }: Model): string {
  return `${brand} ${name}`
}

function kindsOf(model: Model): string {
  const takes = (JSON.parse(model.sim_types) as string[]).join('+') || 'SIM types unknown'
  return `${nameOf(model)} (${model.type}, ${takes})`
}
