import { SIM_TYPES, type SimType, type SimTypes } from '../contract/device-kinds.ts'
import { nameKey } from '../domain/keys.ts'

/** Every list of SIM types that a model can have, in the contract's order (docs/contract.md §7); empty means unknown. */
const SIM_TYPE_LISTS: readonly SimTypes[] = [[], ['eSIM'], ['pSIM'], [...SIM_TYPES]]

/** Separates the name from the variant in the `name_key` of a model. No normalised name contains it. */
const SEPARATOR = '\t'

/** The variants of a name that a TAC can state: SIM types as stored. */
export const VARIANTS: readonly string[] = SIM_TYPE_LISTS.slice(1).map(toSimTypesText)

/** The key of a model: its brand and name, in the form in which they are compared. */
export function modelKey(brandKey: string, nameKey: string): string {
  return `${brandKey}\t${nameKey}`
}

/**
 * The `name_key` of a model. Variants share their name and differ in what their TACs state: the SIM types, as stored,
 * or what an operator set. The model without a variant has the TACs whose SIM types no source states, or whose stated
 * SIM types equal those by the rules.
 */
export function variantKey(name: string, variant: string): string {
  return variant === '' ? nameKey(name) : `${nameKey(name)}${SEPARATOR}${variant}`
}

/** The variant in the `name_key` of a model, or '' if it has none. */
export function variantOf(variantKey: string): string {
  const place = variantKey.indexOf(SEPARATOR)
  return place < 0 ? '' : variantKey.slice(place + SEPARATOR.length)
}

/** The name in a column that holds the `name_key` of a model, in SQLite's SQL. */
export function nameKeySql(column: string): string {
  const place = `INSTR(${column}, char(9))`
  return `(CASE ${place} WHEN 0 THEN ${column} ELSE SUBSTR(${column}, 1, ${place} - 1) END)`
}

/** SIM types as stored: JSON text, in the contract's order. */
export function toSimTypesText(simTypes: readonly SimType[]): string {
  return JSON.stringify(SIM_TYPES.filter((type) => simTypes.includes(type)))
}

/** The stored lists of SIM types that contain any of these, and that have an eSIM or not. */
export function simTypesTextsWith(simTypes: readonly SimType[], esim: 'yes' | 'no' | undefined): string[] {
  return SIM_TYPE_LISTS.filter((list) => list.some((type) => simTypes.includes(type)))
    .filter((list) => esim === undefined || list.includes('eSIM') === (esim === 'yes'))
    .map(toSimTypesText)
}
