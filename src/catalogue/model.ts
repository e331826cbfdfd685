import { SIM_TYPES, type SimType, type SimTypes } from '../contract/model.ts'

/** Every list of SIM types that a model can have, in the contract's order (docs/contract.md §7); empty means unknown. */
const SIM_TYPE_LISTS: readonly SimTypes[] = [[], ['eSIM'], ['pSIM'], [...SIM_TYPES]]

/** The key of a model: its brand and name, in the form in which they are compared. */
export function modelKey(brandKey: string, nameKey: string): string {
  return `${brandKey}\t${nameKey}`
}

/** SIM types as stored: JSON text, in the contract's order. */
export function toSimTypesText(simTypes: SimTypes): string {
  return JSON.stringify(SIM_TYPES.filter((type) => simTypes.includes(type)))
}

/** The stored lists of SIM types that contain any of these. */
export function simTypesTextsWith(simTypes: readonly SimType[]): string[] {
  return SIM_TYPE_LISTS.filter((list) => list.some((type) => simTypes.includes(type))).map(toSimTypesText)
}
