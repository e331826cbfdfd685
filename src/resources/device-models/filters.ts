import type { Parameter } from '../../db/port.ts'

/** The value of every model column for a device that has no model. */
export const NO_MODEL = ''

/** Filters on models, in the form in which the store compares them. Each list means any of its values. */
export interface ModelFilters {
  /** Ids of models that exist, not those of models that were merged into them. */
  id?: string[] | undefined
  type?: string[] | undefined
  /** Brands by their `brandKey`. */
  brandKey?: string[] | undefined
  /** Whole lists of SIM types, as stored. */
  simTypes?: string[] | undefined
}

const COLUMNS = { id: 'id', type: 'type', brandKey: 'brand_key', simTypes: 'sim_types' } as const

/** Renders a condition on a model. `column` is the SQL by which the query names a column of `device_models`. */
export type ModelCondition = (column: (name: string) => string) => string

/** The SQL of filters on models. Appends their parameters to `parameters`. */
export function modelConditions(filters: ModelFilters, parameters: Parameter[]): ModelCondition[] {
  return (['id', 'type', 'brandKey', 'simTypes'] as const).flatMap((name) => {
    const values = filters[name]
    if (values === undefined) return []
    const place = `$${parameters.push(JSON.stringify(values))}`
    return [(column: (name: string) => string) => `${column(COLUMNS[name])} IN (JSON_ITEMS(${place}))`]
  })
}

/** Whether a device without a model meets the filters, of which there must be one. */
export function admitNoModel(filters: ModelFilters): boolean {
  const given = Object.values(filters).filter((values) => values !== undefined)
  return given.length > 0 && given.every((values) => values.includes(NO_MODEL))
}
