import type { Queries } from '../../db/port.ts'
import { compareNamingSql, rankOf, rankSql, replacesKindsSql, type Source, yieldsToRulesSql } from '../precedence.ts'
import { copyCatalogue, prepareCopy } from './live-copy.ts'

/** What an import does to the answer for a TAC. */
export const OUTCOMES = ['added', 'changed', 'unchanged', 'outranked'] as const
export type Outcome = (typeof OUTCOMES)[number]

const TABLES = [
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
const EMPTIED = ['judged_models', 'judged_tacs', 'new_models']

/** The columns of the type, or of the SIM types: what the source states, what a rule says, what the catalogue has. */
interface Kind {
  stated: string
  ruled: string
  live: string
  source: string
}
const TYPE: Kind = { stated: 's.said_type', ruled: 's.rule_type', live: 'm.type', source: 'm.type_source' }
const SIM_TYPES: Kind = {
  stated: 's.said_sim_types',
  ruled: 's.rule_sim_types',
  live: 'm.sim_types',
  source: 'm.sim_types_source',
}

/** The value from the source, the rule or the catalogue, whichever takes precedence; `$2` is the rank of the source. */
function prevailing({ stated, ruled, source }: Kind, [byStated, byRule, byLive]: [string, string, string]): string {
  return `CASE WHEN ${stated} IS NOT NULL AND ${replacesKindsSql('$2', source)} THEN ${byStated}
    WHEN ${ruled} IS NOT NULL AND ${yieldsToRulesSql(source)} THEN ${byRule}
    ELSE ${byLive} END`
}
const valueSql = (kind: Kind) => prevailing(kind, [kind.stated, kind.ruled, kind.live])
const sourceSql = (kind: Kind) => prevailing(kind, ['$1', "'rule'", kind.source])

/**
 * `$1` is the source, `$2` its rank; `m` is the model with that name, if any, including one that was renamed since.
 */
const JUDGE_MODELS = `INSERT INTO judged_models
    (model_key, live_id, type, type_source, sim_types, sim_types_source, outcome)
  SELECT x.model_key, x.live_id, x.type, x.type_source, x.sim_types, x.sim_types_source,
    CASE WHEN x.live_id IS NULL THEN NULL
      WHEN x.type <> x.live_type OR x.sim_types <> x.live_sim_types THEN 'changed'
      WHEN x.said_type <> x.type OR x.said_sim_types <> x.sim_types THEN 'outranked'
      ELSE 'unchanged' END
  FROM (SELECT s.model_key, s.said_type, s.said_sim_types, m.id AS live_id, m.type AS live_type,
      m.sim_types AS live_sim_types,
      COALESCE(${valueSql(TYPE)}, 'other') AS type,
      ${sourceSql(TYPE)} AS type_source,
      COALESCE(${valueSql(SIM_TYPES)}, '[]') AS sim_types,
      ${sourceSql(SIM_TYPES)} AS sim_types_source
    FROM staged_models s
    LEFT JOIN live_model_aliases a ON a.brand_key = s.brand_key AND a.name_key = s.name_key
    LEFT JOIN live_device_models n ON n.brand_key = s.brand_key AND n.name_key = s.name_key
    LEFT JOIN live_device_models m ON m.id = COALESCE(a.model_id, n.id)) x
  ORDER BY x.model_key`

/** How the model that the source names compares with the one that the catalogue has for the TAC. */
const VERDICT = compareNamingSql(
  { rank: '$2', brandKey: 's.brand_key', isCode: 's.is_code' },
  { source: 'l.source', brandKey: 'm.brand_key', isCode: 'm.is_code' },
)

/** `$1` is the source, `$2` its rank. */
const JUDGE_TACS = `INSERT INTO judged_tacs (model_key, tac, outcome, moves)
  SELECT t.model_key, t.tac,
    CASE
      WHEN l.tac IS NULL THEN 'added'
      WHEN l.model_id = j.live_id THEN j.outcome
      ELSE CASE ${VERDICT} WHEN 'lessSpecific' THEN 'unchanged' WHEN 'outranked' THEN 'outranked' ELSE 'changed' END END,
    CASE
      WHEN l.tac IS NULL THEN 1
      WHEN l.model_id = j.live_id THEN CASE WHEN l.source <> $1 AND ${rankSql('l.source')} < $2 THEN 1 ELSE 0 END
      ELSE CASE WHEN ${VERDICT} = 'replaces' THEN 1 ELSE 0 END END
  FROM staged_tacs t
  CROSS JOIN staged_models s ON s.model_key = t.model_key
  CROSS JOIN judged_models j ON j.model_key = t.model_key
  LEFT JOIN live_tacs l ON l.tac = t.tac
  LEFT JOIN live_device_models m ON m.id = l.model_id
  ORDER BY t.model_key, t.tac`
/** A model that gets no TAC is not added. */
const JUDGE_ADDED_MODELS = `UPDATE judged_models SET outcome = 'added'
  WHERE live_id IS NULL AND model_key IN (SELECT t.model_key FROM judged_tacs t WHERE t.moves = 1)`

/** In the order of the file, so that their ids sort in that order. */
const LIST_NEW_MODELS = `INSERT INTO new_models (place, model_key)
  SELECT printf('%012d', s.line) || s.model_key AS place, s.model_key
  FROM judged_models j CROSS JOIN staged_models s ON s.model_key = j.model_key
  WHERE j.outcome = 'added' ORDER BY place`

const COUNT_TACS = 'SELECT outcome, COUNT(*) AS tacs FROM judged_tacs GROUP BY outcome'
const COUNT_MODELS = "SELECT COUNT(*) AS models FROM judged_models WHERE outcome = 'added'"

/** How many TACs have each outcome, and how many models are new. */
export interface Judgement {
  outcomes: Record<Outcome, number>
  models: number
}

/** Creates the tables that a judgement fills, beside what is staged. */
export async function prepareJudgement(staging: Queries): Promise<void> {
  await prepareCopy(staging)
  for (const table of TABLES) await staging.run(table)
}

/**
 * Compares what is staged with the catalogue: what the import would do to each model and TAC. Only reads the catalogue.
 * The copied rows and the results stay beside what is staged until the next judgement.
 */
export async function judge(db: Queries, staging: Queries, source: Source): Promise<Judgement> {
  for (const table of EMPTIED) await staging.run(`DELETE FROM ${table}`)
  await copyCatalogue(db, staging)
  const ranked = [source, rankOf(source)]
  await staging.run(JUDGE_MODELS, ranked)
  await staging.run(JUDGE_TACS, ranked)
  await staging.run(JUDGE_ADDED_MODELS)
  await staging.run(LIST_NEW_MODELS)
  const outcomes: Record<Outcome, number> = { added: 0, changed: 0, unchanged: 0, outranked: 0 }
  for (const { outcome, tacs } of await staging.all<{ outcome: Outcome; tacs: number }>(COUNT_TACS)) {
    outcomes[outcome] = tacs
  }
  const models = await staging.get<{ models: number }>(COUNT_MODELS)
  return { outcomes, models: models?.models ?? 0 }
}
