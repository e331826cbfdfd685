import type { Database, Queries } from '../db/port.ts'
import { rankSql, SOURCE_RANKS, type Source } from './sources.ts'

/** What an import does to the answer for a TAC. */
export const OUTCOMES = ['added', 'changed', 'unchanged', 'outranked'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** How many TACs are compared in one transaction: a running server's writes hardly wait. */
const JUDGED_ROWS = 20_000

const RESOLVE_MODELS = `UPDATE staged_models SET live_id = COALESCE(
    (SELECT a.model_id FROM model_aliases a
      WHERE a.brand_key = staged_models.brand_key AND a.name_key = staged_models.name_key),
    (SELECT m.id FROM device_models m
      WHERE m.brand_key = staged_models.brand_key AND m.name_key = staged_models.name_key))
  WHERE import_id = $1`

/** `$2` is the source, `$3` its rank. */
const JUDGE_NEW_MODELS = `UPDATE staged_models SET
    type = COALESCE(said_type, rule_type, 'other'),
    type_source = CASE WHEN said_type IS NOT NULL THEN $2 WHEN rule_type IS NOT NULL THEN 'rule' END,
    sim_types = COALESCE(said_sim_types, rule_sim_types, '[]'),
    sim_types_source = CASE WHEN said_sim_types IS NOT NULL THEN $2 WHEN rule_sim_types IS NOT NULL THEN 'rule' END,
    outcome = NULL
  WHERE import_id = $1 AND live_id IS NULL`

function better(said: string, rule: string, live: string, source: string, [bySaid, byRule]: [string, string]): string {
  return `CASE WHEN s.${said} IS NOT NULL AND CAST($3 AS INTEGER) >= ${rankSql(`m.${source}`)} THEN ${bySaid}
    WHEN s.${rule} IS NOT NULL AND ${rankSql(`m.${source}`)} <= ${SOURCE_RANKS.rule} THEN ${byRule}
    ELSE m.${live} END`
}
const JUDGE_KNOWN_MODELS = `UPDATE staged_models AS s SET
    type = ${better('said_type', 'rule_type', 'type', 'type_source', ['s.said_type', 's.rule_type'])},
    type_source = ${better('said_type', 'rule_type', 'type_source', 'type_source', ['$2', "'rule'"])},
    sim_types = ${better('said_sim_types', 'rule_sim_types', 'sim_types', 'sim_types_source', ['s.said_sim_types', 's.rule_sim_types'])},
    sim_types_source = ${better('said_sim_types', 'rule_sim_types', 'sim_types_source', 'sim_types_source', ['$2', "'rule'"])}
  FROM device_models m WHERE m.id = s.live_id AND s.import_id = $1`
const JUDGE_CHANGES = `UPDATE staged_models AS s SET
    outcome = CASE
      WHEN s.type <> m.type OR s.sim_types <> m.sim_types THEN 'changed'
      WHEN s.said_type <> s.type OR s.said_sim_types <> s.sim_types THEN 'outranked'
      ELSE 'unchanged' END
  FROM device_models m WHERE m.id = s.live_id AND s.import_id = $1`

const NEXT_TAC = `SELECT MAX(tac) AS tac FROM
  (SELECT tac FROM staged_tacs WHERE import_id = $1 AND tac > $2 ORDER BY tac LIMIT $3) x`
const JUDGE_NEW_TACS = `UPDATE staged_tacs AS t SET outcome = 'added', moves = 1,
    model_id = (SELECT COALESCE(s.live_id, s.new_id) FROM staged_models s
      WHERE s.import_id = $1 AND s.model_key = t.model_key)
  WHERE t.import_id = $1 AND t.tac > $2 AND t.tac <= $3`

/** Whether a row only knows the maker's code of a phone that the catalogue knows by name, or by another code. */
const KNOWS_LESS = 's.is_code = 1 AND m.brand_key = s.brand_key'
/** Whether a row knows the name of a phone that the catalogue knows by its maker's code alone. */
const KNOWS_MORE = 'm.is_code = 1 AND s.is_code = 0 AND m.brand_key = s.brand_key'
const IS_OUTRANKED = `${rankSql('l.source')} > CAST($5 AS INTEGER) AND NOT (${KNOWS_MORE} AND l.source <> 'operator')`

/** `$4` is the source, `$5` its rank. */
const JUDGE_KNOWN_TACS = `UPDATE staged_tacs AS t SET
    outcome = CASE
      WHEN l.model_id = t.model_id THEN s.outcome
      WHEN ${KNOWS_LESS} THEN 'unchanged'
      WHEN ${IS_OUTRANKED} THEN 'outranked'
      ELSE 'changed' END,
    moves = CASE
      WHEN l.model_id = t.model_id THEN CASE WHEN l.source <> $4 AND ${rankSql('l.source')} < CAST($5 AS INTEGER) THEN 1 ELSE 0 END
      WHEN ${KNOWS_LESS} OR ${IS_OUTRANKED} THEN 0
      ELSE 1 END
  FROM tacs l, staged_models s, device_models m
  WHERE t.import_id = $1 AND t.tac > $2 AND t.tac <= $3 AND l.tac = t.tac
    AND s.import_id = $1 AND s.model_key = t.model_key AND m.id = l.model_id`
/** A model that no TAC comes to is not added. */
const JUDGE_ADDED_MODELS = `UPDATE staged_models SET outcome = 'added'
  WHERE import_id = $1 AND live_id IS NULL AND model_key IN (SELECT t.model_key FROM staged_tacs t
    WHERE t.import_id = $1 AND t.tac > $2 AND t.tac <= $3 AND t.moves = 1)`

const COUNT_TACS = 'SELECT outcome, COUNT(*) AS tacs FROM staged_tacs WHERE import_id = $1 GROUP BY outcome'
const COUNT_MODELS = "SELECT COUNT(*) AS models FROM staged_models WHERE import_id = $1 AND outcome = 'added'"

/** `$2` is the source: a TAC for which another source names another model is a conflict. */
const CONFLICTS = `FROM staged_tacs t
  JOIN tacs l ON l.tac = t.tac
  JOIN staged_models s ON s.import_id = $1 AND s.model_key = t.model_key
  JOIN device_models m ON m.id = l.model_id
  WHERE t.import_id = $1 AND t.outcome IN ('changed', 'outranked') AND l.source <> $2 AND l.model_id <> t.model_id`
const COUNT_CONFLICTS = `SELECT COUNT(*) AS conflicts ${CONFLICTS}`
const LIST_CONFLICTS = `SELECT t.tac, m.brand AS brand, m.name AS name, l.source AS source, s.brand AS said_brand,
    s.name AS said_name, t.moves AS moves ${CONFLICTS} ORDER BY t.tac LIMIT $3`

const LIST_EXAMPLES = `SELECT t.tac, s.brand AS brand, s.name AS name, s.type AS type, s.sim_types AS sim_types,
    m.brand AS live_brand, m.name AS live_name, m.type AS live_type, m.sim_types AS live_sim_types
  FROM staged_tacs t
  JOIN staged_models s ON s.import_id = $1 AND s.model_key = t.model_key
  LEFT JOIN tacs l ON l.tac = t.tac
  LEFT JOIN device_models m ON m.id = l.model_id
  WHERE t.import_id = $1 AND t.outcome = $2 ORDER BY t.tac LIMIT $3`

/** `$1` is the version that it is to be, `$2` the next. */
const CLAIM_VERSION = `INSERT INTO catalogue_marks (name, value) VALUES ('version', $2)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE catalogue_marks.value = $1`
const FIND_VERSION = "SELECT value FROM catalogue_marks WHERE name = 'version'"

/**
 * What makes an import visible, in this order; `$1` is the import, `$2` its source. All is judged before, and each is read
 * in the order in which it is kept: on SQLite no other process writes meanwhile.
 */
const PUBLISH = [
  `INSERT INTO device_models
      (id, brand, brand_key, name, name_key, is_code, type, type_source, sim_types, sim_types_source)
    SELECT s.new_id, s.brand, s.brand_key, s.name, s.name_key, s.is_code, s.type, s.type_source, s.sim_types,
      s.sim_types_source
    FROM staged_models s WHERE s.import_id = $1 AND s.outcome = 'added'
    ORDER BY s.model_key`,
  `UPDATE device_models AS m
    SET type = s.type, type_source = s.type_source, sim_types = s.sim_types, sim_types_source = s.sim_types_source
    FROM staged_models s WHERE s.import_id = $1 AND s.live_id = m.id
      AND (s.outcome = 'changed' OR COALESCE(s.type_source, '') <> COALESCE(m.type_source, '')
        OR COALESCE(s.sim_types_source, '') <> COALESCE(m.sim_types_source, ''))`,
  `INSERT INTO model_claims (model_id, source, type, sim_types)
    SELECT m.id, $2, s.said_type, s.said_sim_types
    FROM staged_models s JOIN device_models m ON m.id = COALESCE(s.live_id, s.new_id)
    WHERE s.import_id = $1 AND (s.said_type IS NOT NULL OR s.said_sim_types IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM model_claims c WHERE c.model_id = m.id AND c.source = $2
        AND COALESCE(c.type, '') = COALESCE(s.said_type, c.type, '')
        AND COALESCE(c.sim_types, '') = COALESCE(s.said_sim_types, c.sim_types, ''))
    ORDER BY m.id
    ON CONFLICT (model_id, source) DO UPDATE SET type = COALESCE(excluded.type, model_claims.type),
      sim_types = COALESCE(excluded.sim_types, model_claims.sim_types)`,
  // What the catalogue said so far, by another source, is that source's claim from now on.
  `INSERT INTO tac_claims (tac, source, brand, name, type, sim_types)
    SELECT l.tac, l.source, m.brand, m.name, c.type, c.sim_types
    FROM staged_tacs t
    JOIN tacs l ON l.tac = t.tac
    JOIN device_models m ON m.id = l.model_id
    LEFT JOIN model_claims c ON c.model_id = m.id AND c.source = l.source
    WHERE t.import_id = $1 AND t.moves = 1 AND l.source <> $2
    ORDER BY t.tac
    ON CONFLICT (tac, source) DO UPDATE SET brand = excluded.brand, name = excluded.name, type = excluded.type,
      sim_types = excluded.sim_types`,
  `INSERT INTO tac_claims (tac, source, brand, name, type, sim_types)
    SELECT t.tac, $2, s.brand, s.name, s.said_type, s.said_sim_types
    FROM staged_tacs t
    JOIN tacs l ON l.tac = t.tac
    JOIN staged_models s ON s.import_id = $1 AND s.model_key = t.model_key
    WHERE t.import_id = $1 AND t.moves = 0 AND l.source <> $2
    ORDER BY t.tac
    ON CONFLICT (tac, source) DO UPDATE SET brand = excluded.brand, name = excluded.name, type = excluded.type,
      sim_types = excluded.sim_types`,
  `INSERT INTO tacs (tac, model_id, source)
    SELECT t.tac, t.model_id, $2
    FROM staged_tacs t
    WHERE t.import_id = $1 AND t.moves = 1
    ORDER BY t.tac
    ON CONFLICT (tac) DO UPDATE SET model_id = excluded.model_id, source = excluded.source`,
  `DELETE FROM tac_claims WHERE source = $2
    AND tac IN (SELECT t.tac FROM staged_tacs t WHERE t.import_id = $1 AND t.moves = 1)`,
]

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

/** Compares what an import has staged with the catalogue: what it would do to each model and TAC. */
export async function judge(db: Database, importId: string, source: Source): Promise<Judgement> {
  const rank = SOURCE_RANKS[source]
  await db.transaction(async (tx) => {
    await tx.run(RESOLVE_MODELS, [importId])
    await tx.run(JUDGE_NEW_MODELS, [importId, source])
    await tx.run(JUDGE_KNOWN_MODELS, [importId, source, rank])
    await tx.run(JUDGE_CHANGES, [importId])
  })
  for (let after = ''; ; ) {
    const last = (await db.get<{ tac: string | null }>(NEXT_TAC, [importId, after, JUDGED_ROWS]))?.tac
    if (!last) break
    const range = [importId, after, last]
    await db.transaction(async (tx) => {
      await tx.run(JUDGE_NEW_TACS, range)
      await tx.run(JUDGE_KNOWN_TACS, [...range, source, rank])
      await tx.run(JUDGE_ADDED_MODELS, range)
    })
    after = last
  }
  const outcomes: Record<Outcome, number> = { added: 0, changed: 0, unchanged: 0, outranked: 0 }
  for (const row of await db.all<{ outcome: Outcome; tacs: number }>(COUNT_TACS, [importId])) {
    outcomes[row.outcome] = Number(row.tacs)
  }
  const models = await db.get<{ models: number }>(COUNT_MODELS, [importId])
  const conflicts = await db.get<{ conflicts: number }>(COUNT_CONFLICTS, [importId, source])
  return { outcomes, models: Number(models?.models), conflicts: Number(conflicts?.conflicts) }
}

/**
 * Makes a judged import visible, whole, in one transaction. Gives false, and does nothing, when the catalogue is no
 * longer at the version that the import was judged against.
 */
export function publish(db: Database, importId: string, source: Source, version: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!(await claimVersion(tx, version))) return false
    for (const statement of PUBLISH) {
      await tx.run(statement, statement.includes('$2') ? [importId, source] : [importId])
    }
    return true
  })
}

/** The catalogue's version, which each change of it counts up. */
export async function findVersion(db: Queries): Promise<string> {
  return (await db.get<{ value: string }>(FIND_VERSION))?.value ?? '0'
}

/** Counts the version up, where it is still the given one. */
export async function claimVersion(tx: Queries, version: string): Promise<boolean> {
  return (await tx.run(CLAIM_VERSION, [version, String(Number(version) + 1)])) === 1
}

export async function listConflicts(db: Queries, importId: string, source: Source, limit: number): Promise<Conflict[]> {
  const rows = await db.all<{
    tac: string
    brand: string
    name: string
    source: string
    said_brand: string
    said_name: string
    moves: number
  }>(LIST_CONFLICTS, [importId, source, limit])
  return rows.map((row) => ({
    tac: row.tac,
    catalogue: `${row.brand} ${row.name}`,
    source: row.source,
    file: `${row.said_brand} ${row.said_name}`,
    kept: row.moves === 0,
  }))
}

export async function listExamples(db: Queries, importId: string, outcome: Outcome, limit: number): Promise<Example[]> {
  const rows = await db.all<Record<'tac' | 'brand' | 'name' | 'type' | 'sim_types', string> & LiveColumns>(
    LIST_EXAMPLES,
    [importId, outcome, limit],
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
