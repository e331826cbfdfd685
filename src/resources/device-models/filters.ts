import type { Parameter } from '../../db/port.ts'

/** What models are narrowed to, as the store keeps it; each list means any of its values. */
export interface ModelFilters {
  type?: string[] | undefined
  /** Brands as they are compared: in lower case. */
  brandKey?: string[] | undefined
  /** Whole lists of SIM types, as stored. */
  simTypes?: string[] | undefined
}

const COLUMNS = { type: 'type', brandKey: 'brand_key', simTypes: 'sim_types' } as const

/** A condition on a model, given how a column of `device_models` is written. */
export type ModelCondition = (column: (name: string) => string) => string

/** The SQL of what models are narrowed to; adds its parameters. */
export function modelConditions(filters: ModelFilters, parameters: Parameter[]): ModelCondition[] {
  return (['type', 'brandKey', 'simTypes'] as const).flatMap((name) => {
    const values = filters[name]
    if (values === undefined) return []
    const place = `$${parameters.push(JSON.stringify(values))}`
    return [(column: (name: string) => string) => `${column(COLUMNS[name])} IN (JSON_ITEMS(${place}))`]
  })
}
