import type { Queries } from '../../db/port.ts'
import { rankOf, rankSql, replacesKindsSql, type Source, yieldsToRulesSql } from '../precedence.ts'
import { COMPARED_TACS, compareTacs } from './compare.ts'
import { copyModels, copyTacs, prepareCopy } from './live-copy.ts'

/** What an import does to the answer for a TAC. */
export const OUTCOMES = ['added', 'changed', 'unchanged', 'outranked'] as const
export type Outcome = (typeof OUTCOMES)[number]

const TABLES = [
  `CREATE TABLE model_outcomes (
    model INTEGER PRIMARY KEY,
    live_id TEXT,
    type TEXT NOT NULL,
    type_source TEXT,
    sim_types TEXT NOT NULL,
    sim_types_source TEXT,
    outcome TEXT
  )`,
  // The ids of new models.
  'CREATE TABLE new_ids (model INTEGER PRIMARY KEY, id TEXT NOT NULL)',
  // `stays` is whether the TAC keeps its model; `source` and `sim_types_source` are those that it has afterwards.
  `CREATE TABLE tac_outcomes (
    tac TEXT PRIMARY KEY,
    model INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    stays INTEGER NOT NULL,
    source TEXT NOT NULL,
    sim_types_source TEXT,
    changes INTEGER NOT NULL
  )`,
  COMPARED_TACS,
]
const EMPTIED = ['model_outcomes', 'tac_outcomes', 'new_ids']

/** The type from the source, the rules or the catalogue, whichever takes precedence; `$2` is the rank of the source. */
function prevailingType(byStated: string, byRule: string, byLive: string): string {
  return `CASE WHEN s.stated_type IS NOT NULL AND ${replacesKindsSql('$2', 'm.type_source')} THEN ${byStated}
    WHEN s.rule_type IS NOT NULL AND ${yieldsToRulesSql('m.type_source')} THEN ${byRule}
    ELSE ${byLive} END`
}

/**
 * `$1` is the source, `$2` its rank. `m` is the model with that name and variant, even if it was renamed since. For a
 * new variant, `m` has only the type of the existing variants.
 */
const COMPARE_MODELS = `INSERT INTO model_outcomes
    (model, live_id, type, type_source, sim_types, sim_types_source, outcome)
  SELECT x.model, x.live_id, x.type, x.type_source, x.sim_types, x.sim_types_source,
    CASE WHEN x.live_id IS NULL THEN NULL
      WHEN x.type <> x.live_type OR x.sim_types <> x.live_sim_types THEN 'changed'
      WHEN x.stated_type <> x.type THEN 'outranked'
      ELSE 'unchanged' END
  FROM (SELECT s.model, s.stated_type, m.live_id, m.type AS live_type, m.sim_types AS live_sim_types,
      COALESCE(${prevailingType('s.stated_type', 's.rule_type', 'm.type')}, 'other') AS type,
      ${prevailingType('$1', "'rule'", 'm.type_source')} AS type_source,
      CASE WHEN m.sim_types_source = 'operator' THEN m.sim_types ELSE s.sim_types END AS sim_types,
      CASE WHEN m.sim_types_source = 'operator' THEN 'operator' ELSE s.sim_types_source END AS sim_types_source
    FROM staged_models s
    LEFT JOIN (SELECT s.model, m.id AS live_id, COALESCE(m.type, k.type) AS type,
        CASE WHEN m.id IS NULL THEN k.type_source ELSE m.type_source END AS type_source, m.sim_types, m.sim_types_source
      FROM staged_models s
      LEFT JOIN live_model_aliases a ON a.brand_key = s.brand_key AND a.name_key = s.name_key
      LEFT JOIN live_device_models n ON n.brand_key = s.brand_key AND n.name_key = s.name_key
      LEFT JOIN live_device_models m ON m.id = COALESCE(a.model_id, n.id)
      LEFT JOIN live_types k ON k.base_key = s.base_key) m ON m.model = s.model) x
  ORDER BY x.model`

/** Whether a TAC of the catalogue keeps its model: the source neither renames it nor replaces its SIM types. */
const STAYS = "c.naming <> 'replaces' AND c.replaces_sim_types = 0"
const SOURCE = `CASE WHEN l.tac IS NULL OR c.naming = 'replaces' THEN $1
    WHEN c.naming = 'same' AND $2 > ${rankSql('l.source')} THEN $1 ELSE l.source END`
const SIM_TYPES_SOURCE = `CASE WHEN l.tac IS NULL OR c.replaces_sim_types = 1 THEN t.sim_types_source
    ELSE l.sim_types_source END`

/** `$1` is the source, `$2` its rank. */
const COMPARE_TACS = `INSERT INTO tac_outcomes (tac, model, outcome, stays, source, sim_types_source, changes)
  SELECT x.tac, x.model, x.outcome, x.stays, x.source, x.sim_types_source,
    CASE WHEN x.live_source IS NULL OR x.stays = 0 AND x.live_model <> COALESCE(x.live_id, '')
      OR x.source <> x.live_source OR COALESCE(x.sim_types_source, '') <> COALESCE(x.live_sim_types_source, '')
      THEN 1 ELSE 0 END
  FROM (SELECT t.model, t.tac, l.source AS live_source, l.model_id AS live_model, j.live_id,
      l.sim_types_source AS live_sim_types_source, ${SOURCE} AS source, ${SIM_TYPES_SOURCE} AS sim_types_source,
      CASE WHEN l.tac IS NULL THEN 0 WHEN ${STAYS} THEN 1 ELSE 0 END AS stays,
      CASE
        WHEN l.tac IS NULL THEN 'added'
        WHEN ${STAYS} THEN CASE
          WHEN c.naming = 'outranked' OR t.sim_types <> m.sim_types THEN 'outranked'
          WHEN l.model_id = j.live_id THEN j.outcome
          ELSE 'unchanged' END
        WHEN l.model_id = j.live_id THEN j.outcome
        ELSE 'changed' END AS outcome
    FROM staged_tacs t
    CROSS JOIN model_outcomes j ON j.model = t.model
    LEFT JOIN live_tacs l ON l.tac = t.tac
    LEFT JOIN compared_tacs c ON c.tac = t.tac
    LEFT JOIN live_device_models m ON m.id = l.model_id) x
  ORDER BY x.tac`
/** A model that gets no TAC is not added. */
const MARK_ADDED_MODELS = `UPDATE model_outcomes SET outcome = 'added'
  WHERE live_id IS NULL AND model IN (SELECT t.model FROM tac_outcomes t WHERE t.stays = 0)`

const COUNT_TACS = 'SELECT outcome, COUNT(*) AS tacs FROM tac_outcomes GROUP BY outcome'
const COUNT_MODELS = "SELECT COUNT(*) AS models FROM model_outcomes WHERE outcome = 'added'"

/** How many TACs have each outcome, and how many models are new. */
export interface OutcomeCounts {
  outcomes: Record<Outcome, number>
  models: number
}

/** Creates the tables for the results of the comparison in the scratch database. */
export async function prepareOutcomes(staging: Queries): Promise<void> {
  await prepareCopy(staging)
  for (const table of TABLES) await staging.run(table)
}

/**
 * Compares the staged rows with the catalogue: what the import would do to each model and TAC. Only reads the
 * catalogue. The copied rows and the results stay in the scratch database until the next comparison.
 */
export async function determineOutcomes(db: Queries, staging: Queries, source: Source): Promise<OutcomeCounts> {
  for (const table of EMPTIED) await staging.run(`DELETE FROM ${table}`)
  await copyTacs(db, staging)
  await compareTacs(staging, source)
  await copyModels(db, staging)
  const ranked = [source, rankOf(source)]
  await staging.run(COMPARE_MODELS, ranked)
  await staging.run(COMPARE_TACS, ranked)
  await staging.run(MARK_ADDED_MODELS)
  const outcomes: Record<Outcome, number> = { added: 0, changed: 0, unchanged: 0, outranked: 0 }
  for (const { outcome, tacs } of await staging.all<{ outcome: Outcome; tacs: number }>(COUNT_TACS)) {
    outcomes[outcome] = tacs
  }
  const models = await staging.get<{ models: number }>(COUNT_MODELS)
  return { outcomes, models: models?.models ?? 0 }
}
