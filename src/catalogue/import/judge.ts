import { valuesOfRows } from '../../db/insert.ts'
import type { Parameter, Queries } from '../../db/port.ts'
import { modelKey } from '../model.ts'
import { rankSql, SOURCE_RANKS, type Source } from '../sources.ts'
import { pagesOf } from './staging.ts'

/** What an import does to the answer for a TAC. */
export const OUTCOMES = ['added', 'changed', 'unchanged', 'outranked'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** How many rows of the catalogue are asked for at a time: some milliseconds of a running server's store. */
const BATCH_ROWS = 1_000

/** The tables of the catalogue, as far as an import reads them; they are copied beside what is staged, as `live_…`. */
export const COLUMNS = {
  tacs: ['tac', 'model_id', 'source'],
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

/** What some of them are, where an import is judged. */
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
  `CREATE TABLE judged_models (
    model_key TEXT PRIMARY KEY,
    live_id TEXT,
    new_id TEXT,
    type TEXT NOT NULL,
    type_source TEXT,
    sim_types TEXT NOT NULL,
    sim_types_source TEXT,
    outcome TEXT
  )`,
  'CREATE TABLE new_models (place TEXT PRIMARY KEY, model_key TEXT NOT NULL)',
  `CREATE TABLE judged_tacs (
    model_key TEXT NOT NULL,
    tac TEXT NOT NULL,
    outcome TEXT NOT NULL,
    moves INTEGER NOT NULL,
    PRIMARY KEY (model_key, tac)
  )`,
]
const liveTable = (table: string) => `live_${table}`
const EMPTIED = [...Object.keys(COLUMNS).map(liveTable), 'judged_models', 'judged_tacs', 'new_models']

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

function better(said: string, rule: string, live: string, source: string, [bySaid, byRule]: [string, string]): string {
  return `CASE WHEN s.${said} IS NOT NULL AND $2 >= ${rankSql(`m.${source}`)} THEN ${bySaid}
    WHEN s.${rule} IS NOT NULL AND ${rankSql(`m.${source}`)} <= ${SOURCE_RANKS.rule} THEN ${byRule}
    ELSE m.${live} END`
}
/** `$1` is the source, `$2` its rank; `m` is the model that goes by that name, if any, also one renamed since. */
const JUDGE_MODELS = `INSERT INTO judged_models
    (model_key, live_id, type, type_source, sim_types, sim_types_source, outcome)
  SELECT x.model_key, x.live_id, x.type, x.type_source, x.sim_types, x.sim_types_source,
    CASE WHEN x.live_id IS NULL THEN NULL
      WHEN x.type <> x.live_type OR x.sim_types <> x.live_sim_types THEN 'changed'
      WHEN x.said_type <> x.type OR x.said_sim_types <> x.sim_types THEN 'outranked'
      ELSE 'unchanged' END
  FROM (SELECT s.model_key, s.said_type, s.said_sim_types, m.id AS live_id, m.type AS live_type,
      m.sim_types AS live_sim_types,
      COALESCE(${better('said_type', 'rule_type', 'type', 'type_source', ['s.said_type', 's.rule_type'])}, 'other') AS type,
      ${better('said_type', 'rule_type', 'type_source', 'type_source', ['$1', "'rule'"])} AS type_source,
      COALESCE(${better('said_sim_types', 'rule_sim_types', 'sim_types', 'sim_types_source', ['s.said_sim_types', 's.rule_sim_types'])}, '[]') AS sim_types,
      ${better('said_sim_types', 'rule_sim_types', 'sim_types_source', 'sim_types_source', ['$1', "'rule'"])} AS sim_types_source
    FROM staged_models s
    LEFT JOIN live_model_aliases a ON a.brand_key = s.brand_key AND a.name_key = s.name_key
    LEFT JOIN live_device_models n ON n.brand_key = s.brand_key AND n.name_key = s.name_key
    LEFT JOIN live_device_models m ON m.id = COALESCE(a.model_id, n.id)) x
  ORDER BY x.model_key`

/** Whether a row only knows the maker's code of a phone that the catalogue knows by name, or by another code. */
const KNOWS_LESS = 's.is_code = 1 AND m.brand_key = s.brand_key'
/** Whether a row knows the name of a phone that the catalogue knows by its maker's code alone. */
const KNOWS_MORE = 'm.is_code = 1 AND s.is_code = 0 AND m.brand_key = s.brand_key'
const IS_OUTRANKED = `${rankSql('l.source')} > $2 AND NOT (${KNOWS_MORE} AND l.source <> 'operator')`

/** `$1` is the source, `$2` its rank. */
const JUDGE_TACS = `INSERT INTO judged_tacs (model_key, tac, outcome, moves)
  SELECT t.model_key, t.tac,
    CASE
      WHEN l.tac IS NULL THEN 'added'
      WHEN l.model_id = j.live_id THEN j.outcome
      WHEN ${KNOWS_LESS} THEN 'unchanged'
      WHEN ${IS_OUTRANKED} THEN 'outranked'
      ELSE 'changed' END,
    CASE
      WHEN l.tac IS NULL THEN 1
      WHEN l.model_id = j.live_id THEN CASE WHEN l.source <> $1 AND ${rankSql('l.source')} < $2 THEN 1 ELSE 0 END
      WHEN ${KNOWS_LESS} OR ${IS_OUTRANKED} THEN 0
      ELSE 1 END
  FROM staged_tacs t
  CROSS JOIN staged_models s ON s.model_key = t.model_key
  CROSS JOIN judged_models j ON j.model_key = t.model_key
  LEFT JOIN live_tacs l ON l.tac = t.tac
  LEFT JOIN live_device_models m ON m.id = l.model_id
  ORDER BY t.model_key, t.tac`
/** A model that no TAC comes to is not added. */
const JUDGE_ADDED_MODELS = `UPDATE judged_models SET outcome = 'added'
  WHERE live_id IS NULL AND model_key IN (SELECT t.model_key FROM judged_tacs t WHERE t.moves = 1)`

/** In the order of the file, which their ids keep. */
const LIST_NEW_MODELS = `INSERT INTO new_models (place, model_key)
  SELECT printf('%012d', s.line) || s.model_key AS place, s.model_key
  FROM judged_models j CROSS JOIN staged_models s ON s.model_key = j.model_key
  WHERE j.outcome = 'added' ORDER BY place`

const COUNT_TACS = 'SELECT outcome, COUNT(*) AS tacs FROM judged_tacs GROUP BY outcome'
const COUNT_MODELS = "SELECT COUNT(*) AS models FROM judged_models WHERE outcome = 'added'"

/** `$1` is the source: a TAC for which another source names another model is a conflict. */
const CONFLICTS = `FROM judged_tacs t
  CROSS JOIN live_tacs l ON l.tac = t.tac
  CROSS JOIN staged_models s ON s.model_key = t.model_key
  CROSS JOIN judged_models j ON j.model_key = t.model_key
  CROSS JOIN live_device_models m ON m.id = l.model_id
  WHERE t.outcome IN ('changed', 'outranked') AND l.source <> $1 AND l.model_id <> COALESCE(j.live_id, '')`
const COUNT_CONFLICTS = `SELECT COUNT(*) AS conflicts ${CONFLICTS}`
const LIST_CONFLICTS = `SELECT t.tac, m.brand AS brand, m.name AS name, l.source AS source, s.brand AS said_brand,
    s.name AS said_name, t.moves AS moves ${CONFLICTS} ORDER BY t.tac LIMIT $2`

const LIST_EXAMPLES = `SELECT t.tac, s.brand AS brand, s.name AS name, j.type AS type, j.sim_types AS sim_types,
    m.brand AS live_brand, m.name AS live_name, m.type AS live_type, m.sim_types AS live_sim_types
  FROM judged_tacs t
  CROSS JOIN staged_models s ON s.model_key = t.model_key
  CROSS JOIN judged_models j ON j.model_key = t.model_key
  LEFT JOIN live_tacs l ON l.tac = t.tac
  LEFT JOIN live_device_models m ON m.id = l.model_id
  WHERE t.outcome = $1 ORDER BY t.tac LIMIT $2`

/** How many TACs have each outcome, how many models are new, and for how many TACs another source names another model. */
export interface Judgement {
  outcomes: Record<Outcome, number>
  models: number
  conflicts: number
}

/** A TAC that two sources give to different models; `kept` is whether the catalogue stays with what it has. */
export interface Conflict {
  tac: string
  catalogue: string
  source: string
  file: string
  kept: boolean
}

/** A TAC whose answer an import adds or changes. */
export interface Example {
  tac: string
  before: string | null
  after: string
}

/** Makes room for a judgement, where an import is staged. */
export async function prepareJudgement(staging: Queries): Promise<void> {
  for (const table of TABLES) await staging.run(table)
}

/**
 * Compares what an import has staged with the catalogue: what it would do to each model and TAC. Only reads the
 * catalogue; what it found there and what it makes of it stay with what is staged, until it is judged again.
 */
export async function judge(db: Queries, staging: Queries, source: Source): Promise<Judgement> {
  for (const table of EMPTIED) await staging.run(`DELETE FROM ${table}`)
  await copyCatalogue(db, staging)
  const ranked = [source, SOURCE_RANKS[source]]
  await staging.run(JUDGE_MODELS, ranked)
  await staging.run(JUDGE_TACS, ranked)
  await staging.run(JUDGE_ADDED_MODELS)
  await staging.run(LIST_NEW_MODELS)
  const outcomes: Record<Outcome, number> = { added: 0, changed: 0, unchanged: 0, outranked: 0 }
  for (const { outcome, tacs } of await staging.all<{ outcome: Outcome; tacs: number }>(COUNT_TACS)) {
    outcomes[outcome] = tacs
  }
  const models = await staging.get<{ models: number }>(COUNT_MODELS)
  const conflicts = await staging.get<{ conflicts: number }>(COUNT_CONFLICTS, [source])
  return { outcomes, models: models?.models ?? 0, conflicts: conflicts?.conflicts ?? 0 }
}

/** Puts beside what is staged those rows of the catalogue that speak of the same TACs and models. */
async function copyCatalogue(db: Queries, staging: Queries): Promise<void> {
  const copy = async (table: keyof typeof COLUMNS, rows: readonly Record<string, Parameter>[]) => {
    const columns = COLUMNS[table]
    await staging.insert(liveTable(table), columns, valuesOfRows(rows, columns), 'ON CONFLICT DO NOTHING')
  }
  const find = (statement: string, keys: readonly unknown[]) =>
    db.all<Record<string, Parameter>>(statement, [JSON.stringify(keys)])

  await copy('model_aliases', await db.all(FIND_ALIASES))
  for await (const page of pagesOf(staging, NEXT_MODELS, ['model_key'])) {
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
    for await (const page of pagesOf(staging, next, [key])) {
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

export async function listConflicts(staging: Queries, source: Source, limit: number): Promise<Conflict[]> {
  const rows = await staging.all<{
    tac: string
    brand: string
    name: string
    source: string
    said_brand: string
    said_name: string
    moves: number
  }>(LIST_CONFLICTS, [source, limit])
  return rows.map((row) => ({
    tac: row.tac,
    catalogue: `${row.brand} ${row.name}`,
    source: row.source,
    file: `${row.said_brand} ${row.said_name}`,
    kept: row.moves === 0,
  }))
}

export async function listExamples(staging: Queries, outcome: Outcome, limit: number): Promise<Example[]> {
  const rows = await staging.all<Record<'tac' | 'brand' | 'name' | 'type' | 'sim_types', string> & LiveColumns>(
    LIST_EXAMPLES,
    [outcome, limit],
  )
  return rows.map((row) => ({
    tac: row.tac,
    before: row.live_brand && describe(row.live_brand, row.live_name, row.live_type, row.live_sim_types),
    after: describe(row.brand, row.name, row.type, row.sim_types),
  }))
}

type LiveColumns = Record<'live_brand' | 'live_name' | 'live_type' | 'live_sim_types', string | null>

function describe(brand: string, name: string | null, type: string | null, simTypes: string | null): string {
  const takes = (JSON.parse(simTypes ?? '[]') as string[]).join('+') || 'SIM types unknown'
  return `${brand} ${name} (${type}, ${takes})`
}
