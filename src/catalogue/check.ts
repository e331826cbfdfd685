import type { SimType } from '../contract/device-kinds.ts'
import { ruleSimTypes } from './facts/sim-rules.ts'
import { simTypesSourceOf } from './lookup.ts'
import type { TacRow } from './store.ts'

/** Whether a phone takes a type of SIM, why, and what settles the question if that is not known (docs/contract.md §15). */
export interface SimTypeAnswer {
  answer: 'yes' | 'no' | 'depends' | 'unknown'
  reason: string
  source: string | null
  ask: string | null
}

/** What the answers depend on: the model, and what is stated about the TAC. */
export type CheckedModel = Pick<TacRow, 'brand' | 'name' | 'sim_types' | 'sim_types_source' | 'stated_by'>

const NAMES: Readonly<Record<SimType, string>> = { eSIM: 'an eSIM', pSIM: 'a physical SIM' }
const ASKS: Readonly<Record<SimType, string>> = {
  eSIM: 'Dial *#06#: an EID means yes.',
  pSIM: 'Look for a SIM tray at the edges of the phone: a tray means yes.',
}
const LISTS: Readonly<Record<string, string>> = {
  gsma: "The GSMA's device database",
  operator: 'Your operator',
  starter: 'The starter catalogue',
  csv: "Your operator's list",
  ndjson: "Your operator's list",
}

/** Answers whether a phone takes a type of SIM; undefined stands for an unknown phone. */
export function checkSimType(type: SimType, model: CheckedModel | undefined): SimTypeAnswer {
  if (model === undefined) {
    return { answer: 'unknown', reason: 'The catalogue does not know this phone.', source: null, ask: ASKS[type] }
  }
  const phone = `the ${model.brand} ${withoutBrand(model)}`
  const rule = ruleSimTypes(model.brand, model.name)
  const simTypes = JSON.parse(model.sim_types) as SimType[]
  if (simTypes.length === 0) {
    return rule === null
      ? {
          answer: 'unknown',
          reason: `No source states whether ${phone} takes ${NAMES[type]}.`,
          source: null,
          ask: ASKS[type],
        }
      : { answer: 'depends', reason: `For ${phone}: ${rule.reason}.`, source: 'rule', ask: ASKS[type] }
  }
  const takes = simTypes.includes(type)
  const source = simTypesSourceOf(model) ?? 'rule'
  return { answer: takes ? 'yes' : 'no', reason: reasonOf(source, takes, type, phone, rule?.reason), source, ask: null }
}

function reasonOf(source: string, takes: boolean, type: SimType, phone: string, rule: string | undefined): string {
  if (source === 'rule' && rule !== undefined) return `For ${phone}: ${rule}.`
  if (source === 'rule') return `The model number of this phone says that it takes ${takes ? '' : 'no '}${type}.`
  return `${LISTS[source] ?? `The list "${source}"`} states that ${phone} ${takes ? 'takes' : 'does not take'} ${NAMES[type]}.`
}

function withoutBrand({ brand, name }: CheckedModel): string {
  return name.startsWith(`${brand} `) ? name.slice(brand.length + 1) : name
}
