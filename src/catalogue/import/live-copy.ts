import { valuesOfRows } from '../../db/insert.ts'
import type { Parameter, Queries } from '../../db/port.ts'
import { walkPages } from '../../db/walk.ts'
import { modelKey } from '../model.ts'
import { COLUMNS } from '../tables.ts'

/** How many rows of the catalogue are read at a time: some milliseconds of a running server's store. */
const BATCH_ROWS = 1_000

/** Columns of tables that an import copies and writes. */
export const DEFINITIONS = {
  device_models: `id TEXT PRIMARY KEY,
    brand TEXT NOT NULL,
    brand_key TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    is_code INTEGER,
    type TEXT NOT NULL,
    type_source TEXT,
    sim_types TEXT NOT NULL,
    sim_types_source TEXT`,
  model_claims: `model_id TEXT NOT NULL,
    source TEXT NOT NULL,
    type TEXT,
    sim_types TEXT,
    PRIMARY KEY (model_id, source)`,
}

const TABLES = [
  'CREATE TABLE live_tacs (tac TEXT PRIMARY KEY, model_id TEXT NOT NULL, source TEXT NOT NULL)',
  `CREATE TABLE live_device_models (${DEFINITIONS.device_models}, UNIQUE (brand_key, name_key))`,
  `CREATE TABLE live_model_aliases (
    brand_key TEXT NOT NULL,
    name_key TEXT NOT NULL,
    model_id TEXT NOT NULL,
    PRIMARY KEY (brand_key, name_key)
  )`,
  `CREATE TABLE live_model_claims (${DEFINITIONS.model_claims})`,
]
const liveTable = (table: string) => `live_${table}`

const NEXT_MODELS = `SELECT model_key, name_key FROM staged_models WHERE model_key > $1 ORDER BY model_key LIMIT ${BATCH_ROWS}`
const NEXT_TACS = `SELECT tac FROM staged_tacs WHERE tac > $1 ORDER BY tac LIMIT ${BATCH_ROWS}`
const NEXT_MODEL_IDS = `SELECT model_id FROM (SELECT model_id FROM live_tacs UNION SELECT model_id FROM live_model_aliases) x
  WHERE model_id > $1 AND NOT EXISTS (SELECT 1 FROM live_device_models m WHERE m.id = x.model_id)
  ORDER BY model_id LIMIT ${BATCH_ROWS}`
const NEXT_IDS = `SELECT id FROM live_device_models WHERE id > $1 ORDER BY id LIMIT ${BATCH_ROWS}`

const selectOf = (table: keyof typeof COLUMNS) => `SELECT ${COLUMNS[table].join(', ')} FROM ${table}`
const FIND_ALIASES = selectOf('model_aliases')
const FIND_NAMED = `${selectOf('device_models')} WHERE name_key IN (JSON_ITEMS($1))`
const FIND_MODELS = `${selectOf('device_models')} WHERE id IN (JSON_ITEMS($1))`
const FIND_TACS = `${selectOf('tacs')} WHERE tac IN (JSON_ITEMS($1))`
const FIND_CLAIMS = `${selectOf('model_claims')} WHERE model_id IN (JSON_ITEMS($1))`

interface Keys {
  model_key: string
  name_key: string
}

/** Creates the tables beside what is staged that hold the copied rows. */
export async function prepareCopy(staging: Queries): Promise<void> {
  for (const table of TABLES) await staging.run(table)
}

/** Copies the rows of the catalogue that concern the staged TACs and models, in place of an earlier copy. */
export async function copyCatalogue(db: Queries, staging: Queries): Promise<void> {
  for (const table of Object.keys(COLUMNS)) await staging.run(`DELETE FROM ${liveTable(table)}`)
  const copy = async (table: keyof typeof COLUMNS, rows: readonly Record<string, Parameter>[]) => {
    const columns = COLUMNS[table]
    await staging.insert(liveTable(table), columns, valuesOfRows(rows, columns), 'ON CONFLICT DO NOTHING')
  }
  const find = (statement: string, keys: readonly unknown[]) =>
    db.all<Record<string, Parameter>>(statement, [JSON.stringify(keys)])

  await copy('model_aliases', await db.all(FIND_ALIASES))
  for await (const page of walkPages<Keys>(staging, NEXT_MODELS, ['model_key'])) {
    const wanted = new Set(page.map(({ model_key }) => model_key))
    const found = await find(FIND_NAMED, [...new Set(page.map(({ name_key }) => name_key))])
    await copy(
      'device_models',
      found.filter(({ brand_key, name_key }) => wanted.has(modelKey(String(brand_key), String(name_key)))),
    )
  }
  for (const [table, next, key, statement] of [
    ['tacs', NEXT_TACS, 'tac', FIND_TACS],
    ['device_models', NEXT_MODEL_IDS, 'model_id', FIND_MODELS],
    ['model_claims', NEXT_IDS, 'id', FIND_CLAIMS],
  ] as const) {
    for await (const page of walkPages<Record<typeof key, string>>(staging, next, [key])) {
      await copy(
        table,
        await find(
          statement,
          page.map((row) => row[key]),
        ),
      )
    }
  }
}
