import { brandKey } from '../../domain/keys.ts'
import { identify } from '../facts/names.ts'
import { ruleType } from '../facts/type-rules.ts'
import { toStagedModel } from '../import/staged-model.ts'
import { modelKey, VARIANTS, variantKey, variantOf } from '../model.ts'
import { rankOf, yieldsToRules } from '../precedence.ts'
import type { Model } from '../tables.ts'
import { type Change, differs, type Member, type OperatorNaming, type Plan } from './change.ts'

/** A model with its identity by the facts. Names that an operator set stay. */
export function toMember(model: Model, operator: OperatorNaming | undefined): Member {
  const found = identify(model.brand, model.name)
  const brand = operator?.brand ? model.brand : found.brand
  const name = operator?.name ? model.name : found.name
  const variant = variantOf(model.name_key)
  return {
    model,
    target: { brand, name, variant: remainingVariant(brand, name, variant), isCode: found.isCode },
    operator,
  }
}

/** A variant becomes the model without a variant if the rules now state its SIM types for the name. */
function remainingVariant(brand: string, name: string, variant: string): string {
  if (!VARIANTS.includes(variant)) return variant
  return variantOf(toStagedModel({ brand, name, isCode: false }, variant, 0).nameKey)
}

/** Groups the models that become one, and returns what changes. */
export function toChanges(members: ReadonlyMap<string, Member>, aliases: Plan['aliases']): Change[] {
  const owners = new Map(
    aliases.map(({ after }) => [modelKey(after.brand_key, after.name_key), members.get(after.model_id)]),
  )
  const groups = new Map<string, Member[]>()
  for (const member of members.values()) {
    // A model with the former name of a renamed model belongs to that model, as it does in an import.
    const key = keyOf((member.operator === undefined ? owners.get(keyOf(member)) : undefined) ?? member)
    groups.set(key, [...(groups.get(key) ?? []), member])
  }
  return [...groups.values()].flatMap((group) => {
    group.sort((a, b) => (a.model.id < b.model.id ? -1 : 1))
    const [{ model: before }, ...others] = group as [Member, ...Member[]]
    const named = group.find(({ operator }) => operator !== undefined) ?? (group[0] as Member)
    const after = { ...toAfter(named, group), id: before.id }
    const merged = others.map(({ model }) => model)
    return merged.length > 0 || differs(before, after) ? [{ before, after, merged }] : []
  })
}

function keyOf({ target }: Member): string {
  return modelKey(brandKey(target.brand), variantKey(target.name, target.variant))
}

/** The model by the facts: it has the name of `named`, and the type and SIM types from the best source in its group. */
export function toAfter(named: Member, group: readonly Member[]): Model {
  const { model, target, operator } = named
  const { brand, name, variant } = target
  const best = (source: 'type_source' | 'sim_types_source') =>
    group.map((each) => each.model).reduce((a, b) => (rankOf(b[source]) > rankOf(a[source]) ? b : a))
  const { type, type_source } = best('type_source')
  const { sim_types, sim_types_source } = best('sim_types_source')
  const after = {
    ...model,
    ...{ brand, brand_key: brandKey(brand), name, name_key: variantKey(name, variant) },
    is_code: operator === undefined ? Number(target.isCode) : model.is_code,
    ...{ type, type_source, sim_types, sim_types_source },
  }
  // An operator's variant keeps the type and SIM types that it was created with.
  if (operator !== undefined && operator.former === null) return after
  const rules = operator?.former ?? target
  if (yieldsToRules(type_source)) {
    const ruled = ruleType(rules.brand, rules.name)?.value
    Object.assign(after, { type: ruled ?? 'other', type_source: ruled ? 'rule' : null })
  }
  if (yieldsToRules(sim_types_source)) {
    const { simTypes, simTypesSource } = toStagedModel({ ...rules, isCode: false }, variant || null, 0)
    Object.assign(after, { sim_types: simTypes, sim_types_source: simTypesSource })
  }
  return after
}
