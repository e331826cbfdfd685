/** A fact about all devices of a family, recognised by brand and name. */
export interface Rule<Value> {
  /** Absent if the name proves the value, whatever the brand. */
  brand?: string
  name: RegExp
  /** Null if the family's variants differ, so that the name alone does not decide. */
  value: Value | null
  reason: string
}

/** What a rule states, and why. */
export type Ruled<Value> = Pick<Rule<Value>, 'value' | 'reason'>

/** Finds the first rule that matches a brand and name, or null. */
export function createFinder<Value>(rules: readonly Rule<Value>[]) {
  const brands = new Set(rules.map(({ brand }) => brand))
  const byBrand = new Map(
    [...brands].map((brand) => [brand, rules.filter((rule) => rule.brand === undefined || rule.brand === brand)]),
  )
  const ofAnyBrand = byBrand.get(undefined) ?? []
  return (brand: string, name: string): Ruled<Value> | null =>
    (byBrand.get(brand) ?? ofAnyBrand).find((rule) => rule.name.test(name)) ?? null
}

/** Rules without their reasons, to compare with those of another version of Handset. */
export function valuesOf<Value>(rules: readonly Rule<Value>[]) {
  return rules.map(({ brand, name, value }) => [brand, name, value])
}
