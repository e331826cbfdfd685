/** The columns of the catalogue's tables that an import reads and writes. */
export const COLUMNS = {
  tacs: ['tac', 'model_id', 'source', 'sim_types_source'],
  device_models: [
    'id',
    'brand',
    'brand_key',
    'name',
    'name_key',
    'is_code',
    'type',
    'type_source',
    'sim_types',
    'sim_types_source',
  ],
  model_aliases: ['brand_key', 'name_key', 'model_id'],
  model_claims: ['model_id', 'source', 'type', 'sim_types'],
} as const
