/** A fact about all phones of a family, recognised by brand and name. */
export interface Rule<Value> {
  brand: string
  name: RegExp
  /** Null if the family's variants differ, so that the name alone does not decide. */
  value: Value | null
  reason: string
}

/** What a rule states, and why. */
export type Ruled<Value> = Pick<Rule<Value>, 'value' | 'reason'>

/** The first rule that matches, or null. */
export function firstMatch<Value>(rules: readonly Rule<Value>[], brand: string, name: string): Ruled<Value> | null {
  return rules.find((rule) => rule.brand === brand && rule.name.test(name)) ?? null
}

/** Rules without their reasons, to compare with those of another version of Handset. */
export function valuesOf<Value>(rules: readonly Rule<Value>[]) {
  return rules.map(({ brand, name, value }) => [brand, name, value])
}
