import { columnsNamed, columns as columnsOf } from '../../db/insert.ts'
import type { Parameter, Queries } from '../../db/port.ts'
import { walkPages } from '../../db/walk.ts'
import { yearOf } from '../facts/eras.ts'
import { modelKey, nameKeySql, VARIANTS, variantKey } from '../model.ts'
import { rankSql } from '../precedence.ts'
import { COLUMNS } from '../tables.ts'

/** How many rows of the catalogue are read at a time. A running server on the same store waits a few milliseconds. */
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
  'CREATE TABLE live_tacs (tac TEXT PRIMARY KEY, model_id TEXT NOT NULL, source TEXT NOT NULL, sim_types_source TEXT)',
  `CREATE TABLE live_device_models (${DEFINITIONS.device_models}, UNIQUE (brand_key, name_key))`,
  `CREATE TABLE live_model_aliases (
    brand_key TEXT NOT NULL,
    name_key TEXT NOT NULL,
    brand TEXT NOT NULL,
    name TEXT NOT NULL,
    model_id TEXT NOT NULL,
    PRIMARY KEY (brand_key, name_key)
  )`,
  `CREATE TABLE live_model_claims (${DEFINITIONS.model_claims})`,
  // About when the models of copied TACs were new, as far as their names say.
  'CREATE TABLE live_years (model_id TEXT PRIMARY KEY, year INTEGER NOT NULL)',
  // The type of each name, whatever its variant: a new variant of it has the same type.
  'CREATE TABLE live_types (base_key TEXT PRIMARY KEY, type TEXT NOT NULL, type_source TEXT)',
]
const COPIED = ['tacs', 'device_models', 'model_aliases', 'model_claims'] as const
const YEAR_COLUMNS = columnsOf<{ model_id: string; year: number }>()({ model_id: true, year: true })
const liveTable = (table: string) => `live_${table}`

const NEXT_MODELS = `SELECT model, base_key, name FROM staged_models WHERE model > $1 ORDER BY model LIMIT ${BATCH_ROWS}`
const NEXT_TACS = `SELECT tac FROM staged_tacs WHERE tac > $1 ORDER BY tac LIMIT ${BATCH_ROWS}`
const NEXT_MODEL_IDS = `SELECT model_id FROM (SELECT model_id FROM live_tacs UNION SELECT model_id FROM live_model_aliases) x
  WHERE model_id > $1 AND NOT EXISTS (SELECT 1 FROM live_device_models m WHERE m.id = x.model_id)
  ORDER BY model_id LIMIT ${BATCH_ROWS}`
const NEXT_IDS = `SELECT id FROM live_device_models WHERE id > $1 ORDER BY id LIMIT ${BATCH_ROWS}`

const selectOf = (table: Copied) => `SELECT ${COLUMNS[table].names.join(', ')} FROM ${table}`
const FIND_ALIASES = selectOf('model_aliases')
const FIND_NAMED = `${selectOf('device_models')} WHERE name_key IN (JSON_ITEMS($1))`
const FIND_MODELS = `${selectOf('device_models')} WHERE id IN (JSON_ITEMS($1))`
const FIND_TACS = `${selectOf('tacs')} WHERE tac IN (JSON_ITEMS($1))`
const FIND_CLAIMS = `${selectOf('model_claims')} WHERE model_id IN (JSON_ITEMS($1))`

/** SQLite takes the other columns from the row with the highest rank. */
const COPY_TYPES = `INSERT INTO live_types (base_key, type, type_source)
  SELECT base_key, type, type_source FROM (
    SELECT brand_key || char(9) || ${nameKeySql('name_key')} AS base_key, type, type_source, MAX(${rankSql('type_source')})
    FROM live_device_models GROUP BY 1) x`

/**
 * The type of a name also applies to its TACs without stated SIM types. Stages their model, the one without a variant,
 * if it exists.
 */
const STAGE_PLAIN = `INSERT INTO staged_models
    (model_key, base_key, line, brand, brand_key, name, name_key, is_code, stated_type, sim_types, sim_types_source)
  SELECT s.base_key, s.base_key, MIN(s.line), m.brand, m.brand_key, m.name, m.name_key, COALESCE(m.is_code, 0),
    MAX(s.stated_type), m.sim_types, m.sim_types_source
  FROM live_device_models m
  CROSS JOIN staged_models s ON s.base_key = m.brand_key || char(9) || m.name_key
  WHERE INSTR(m.name_key, char(9)) = 0
  GROUP BY s.base_key
  ON CONFLICT (model_key) DO NOTHING`

/** Creates the tables for the copied rows in the scratch database. */
export async function prepareCopy(staging: Queries): Promise<void> {
  for (const table of TABLES) await staging.run(table)
}

/** Copies the catalogue's rows for the staged TACs, and the names of their models. Replaces an earlier copy. */
export async function copyTacs(db: Queries, staging: Queries): Promise<void> {
  for (const table of [...COPIED.map(liveTable), 'live_types', 'live_years']) await staging.run(`DELETE FROM ${table}`)
  await copy(staging, 'model_aliases', await db.all(FIND_ALIASES))
  await copyByKeys(db, staging, 'tacs', FIND_TACS, walkPages<Row>(staging, NEXT_TACS, ['tac']), 'tac')
  await copyByKeys(
    db,
    staging,
    'device_models',
    FIND_MODELS,
    walkPages<Row>(staging, NEXT_MODEL_IDS, ['model_id']),
    'model_id',
  )
}

/** Copies the models that have a staged name, with all variants of it, and what sources claim about them. */
export async function copyModels(db: Queries, staging: Queries): Promise<void> {
  for await (const page of walkPages<Row>(staging, NEXT_MODELS, ['model'], { after: [0] })) {
    const wanted = new Set(page.map(({ base_key }) => base_key))
    const names = [...new Set(page.map(({ name }) => String(name)))]
    const keys = names.flatMap((name) => ['', ...VARIANTS].map((variant) => variantKey(name, variant)))
    const found = await find(db, FIND_NAMED, keys)
    const named = found.filter(({ brand_key, name_key }) =>
      wanted.has(modelKey(String(brand_key), (name_key as string).split('\t', 1)[0] as string)),
    )
    await copy(staging, 'device_models', named)
  }
  await copyByKeys(db, staging, 'model_claims', FIND_CLAIMS, walkPages<Row>(staging, NEXT_IDS, ['id']), 'id')
  await staging.run(COPY_TYPES)
  await staging.run(STAGE_PLAIN)
}

type Row = Record<string, Parameter>
type Copied = (typeof COPIED)[number]

function find(db: Queries, statement: string, keys: readonly unknown[]) {
  return db.all<Row>(statement, [JSON.stringify(keys)])
}

async function copy(staging: Queries, table: Copied, rows: readonly Row[]): Promise<void> {
  const columns = columnsNamed(COLUMNS[table].names)
  await staging.insert(liveTable(table), columns, rows, 'ON CONFLICT DO NOTHING')
  if (table !== 'device_models') return
  const years = rows.flatMap(({ id, brand, name }) => {
    const year = yearOf(String(brand), String(name))
    return year === null ? [] : [{ model_id: String(id), year }]
  })
  await staging.insert('live_years', YEAR_COLUMNS, years, 'ON CONFLICT DO NOTHING')
}

async function copyByKeys(
  db: Queries,
  staging: Queries,
  table: Copied,
  statement: string,
  pages: AsyncIterable<Row[]>,
  key: string,
): Promise<void> {
  for await (const page of pages) {
    const keys = page.map((row) => row[key])
    await copy(staging, table, await find(db, statement, keys))
  }
}
