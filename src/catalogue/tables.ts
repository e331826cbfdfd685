import { columns } from '../db/insert.ts'
import type { ModelRow } from './store.ts'

/** A model with all its stored columns. */
export interface Model extends ModelRow {
  brand_key: string
  is_code: number | null
}

/** The former name of a model that an operator renamed. Imports recognise the model by it. */
export interface Alias {
  brand_key: string
  name_key: string
  brand: string
  name: string
  model_id: string
}

/** What a source claims about a TAC. */
export interface TacClaimRow {
  tac: string
  source: string
  brand: string
  name: string
  type: string | null
  sim_types: string | null
}

/** What a source claims about a model. */
export interface ModelClaimRow {
  model_id: string
  source: string
  type: string | null
  sim_types: string | null
}

interface TacRow {
  tac: string
  model_id: string
  source: string
  sim_types_source: string | null
}

/** The columns of the catalogue's tables. */
export const COLUMNS = {
  tacs: columns<TacRow>()({ tac: true, model_id: true, source: true, sim_types_source: true }),
  device_models: columns<Model>()({
    id: true,
    brand: true,
    brand_key: true,
    name: true,
    name_key: true,
    is_code: true,
    type: true,
    type_source: true,
    sim_types: true,
    sim_types_source: true,
  }),
  model_aliases: columns<Alias>()({ brand_key: true, name_key: true, brand: true, name: true, model_id: true }),
  model_claims: columns<ModelClaimRow>()({ model_id: true, source: true, type: true, sim_types: true }),
  tac_claims: columns<TacClaimRow>()({
    tac: true,
    source: true,
    brand: true,
    name: true,
    type: true,
    sim_types: true,
  }),
}
