import type { Database, Parameter, Queries } from '../db/port.ts'
import { COLUMNS } from './judge.ts'
import type { Source } from './sources.ts'
import { pagesOf } from './staging.ts'

/** How many rows are at hand at a time. */
const PAGE_ROWS = 2_000

/** `$1` is the version that it is to be, `$2` the next. */
const CLAIM_VERSION = `INSERT INTO catalogue_marks (name, value) VALUES ('version', $2)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE catalogue_marks.value = $1`
const FIND_VERSION = "SELECT value FROM catalogue_marks WHERE name = 'version'"

const NEW_MODELS = `SELECT place, model_key FROM new_models WHERE place > $1 ORDER BY place LIMIT ${PAGE_ROWS}`
const PUT_NEW_ID = 'UPDATE judged_models SET new_id = $2 WHERE model_key = $1'

/** Rows that an import puts into a table of the catalogue. */
interface Written {
  table: string
  columns: readonly string[]
  /** What tells its rows apart, and what one that is there takes over. */
  key: readonly string[]
  update: string
  /** Where an import was judged, a page of the rows behind `$1` (or `$1` and `$2`) by `place`; then its source. */
  rows: string
  place: readonly string[]
}

const BY_MODEL = { place: ['model_key'] }
const MODELS_BEHIND = 'j.model_key > $1'
const MODELS_PAGE = `ORDER BY j.model_key LIMIT ${PAGE_ROWS}`
const BY_TAC = { place: ['model_key', 'tac'] }
const TACS_BEHIND = '(t.model_key, t.tac) > ($1, $2)'
const TACS_PAGE = `ORDER BY t.model_key, t.tac LIMIT ${PAGE_ROWS}`

const TAC_CLAIM = {
  ...BY_TAC,
  table: 'tac_claims',
  columns: ['tac', 'source', 'brand', 'name', 'type', 'sim_types'],
  key: ['tac', 'source'],
  update: 'brand = excluded.brand, name = excluded.name, type = excluded.type, sim_types = excluded.sim_types',
}

/**
 * What makes an import visible, in this order. Rows go in by the model that they are of, next to each other in most of
 * the indexes.
 */
const WRITTEN: readonly Written[] = [
  {
    ...BY_MODEL,
    table: 'device_models',
    columns: COLUMNS.device_models,
    key: ['id'],
    update: `type = excluded.type, type_source = excluded.type_source, sim_types = excluded.sim_types,
      sim_types_source = excluded.sim_types_source`,
    rows: `SELECT j.model_key, COALESCE(j.live_id, j.new_id) AS id, COALESCE(m.brand, s.brand) AS brand,
        COALESCE(m.brand_key, s.brand_key) AS brand_key, COALESCE(m.name, s.name) AS name,
        COALESCE(m.name_key, s.name_key) AS name_key, s.is_code, j.type, j.type_source, j.sim_types, j.sim_types_source
      FROM judged_models j
      CROSS JOIN staged_models s ON s.model_key = j.model_key
      LEFT JOIN device_models m ON m.id = j.live_id
      WHERE ${MODELS_BEHIND} AND (j.outcome IN ('added', 'changed')
        OR j.live_id IS NOT NULL AND (COALESCE(j.type_source, '') <> COALESCE(m.type_source, '')
          OR COALESCE(j.sim_types_source, '') <> COALESCE(m.sim_types_source, '')))
      ${MODELS_PAGE}`,
  },
  {
    ...BY_MODEL,
    table: 'model_claims',
    columns: COLUMNS.model_claims,
    key: ['model_id', 'source'],
    update: `type = COALESCE(excluded.type, model_claims.type),
      sim_types = COALESCE(excluded.sim_types, model_claims.sim_types)`,
    rows: `SELECT j.model_key, COALESCE(j.live_id, j.new_id) AS model_id, $2 AS source, s.said_type AS type,
        s.said_sim_types AS sim_types
      FROM judged_models j
      CROSS JOIN staged_models s ON s.model_key = j.model_key
      LEFT JOIN model_claims c ON c.model_id = j.live_id AND c.source = $2
      WHERE ${MODELS_BEHIND} AND j.outcome IS NOT NULL AND (s.said_type IS NOT NULL OR s.said_sim_types IS NOT NULL)
        AND (c.model_id IS NULL OR COALESCE(c.type, '') <> COALESCE(s.said_type, c.type, '')
          OR COALESCE(c.sim_types, '') <> COALESCE(s.said_sim_types, c.sim_types, ''))
      ${MODELS_PAGE}`,
  },
  {
    // What the catalogue said so far, by another source, is that source's claim from now on.
    ...TAC_CLAIM,
    rows: `SELECT t.model_key, t.tac, l.source, m.brand, m.name, c.type, c.sim_types
      FROM judged_tacs t
      CROSS JOIN tacs l ON l.tac = t.tac
      CROSS JOIN device_models m ON m.id = l.model_id
      LEFT JOIN model_claims c ON c.model_id = m.id AND c.source = l.source
      WHERE ${TACS_BEHIND} AND t.moves = 1 AND l.source <> $3
      ${TACS_PAGE}`,
  },
  {
    ...TAC_CLAIM,
    rows: `SELECT t.model_key, t.tac, $3 AS source, s.brand, s.name, s.said_type AS type, s.said_sim_types AS sim_types
      FROM judged_tacs t
      CROSS JOIN tacs l ON l.tac = t.tac
      CROSS JOIN staged_models s ON s.model_key = t.model_key
      WHERE ${TACS_BEHIND} AND t.moves = 0 AND l.source <> $3
      ${TACS_PAGE}`,
  },
  {
    ...BY_TAC,
    table: 'tacs',
    columns: COLUMNS.tacs,
    key: ['tac'],
    update: 'model_id = excluded.model_id, source = excluded.source',
    rows: `SELECT t.model_key, t.tac, COALESCE(j.live_id, j.new_id) AS model_id, $3 AS source
      FROM judged_tacs t
      CROSS JOIN judged_models j ON j.model_key = t.model_key
      WHERE ${TACS_BEHIND} AND t.moves = 1
      ${TACS_PAGE}`,
  },
]

/** The TACs for which a source speaks from now on that only had a claim. */
const SETTLED = `SELECT t.model_key, t.tac FROM judged_tacs t CROSS JOIN tacs l ON l.tac = t.tac
  WHERE ${TACS_BEHIND} AND t.moves = 1 AND l.source <> $3
  ${TACS_PAGE}`
const DELETE_CLAIMS = 'DELETE FROM tac_claims WHERE source = $1 AND tac IN (JSON_ITEMS($2))'

/**
 * Makes a judged import visible, whole, in one transaction. Gives false, and does nothing, when the catalogue is no
 * longer at the version that the import was judged against.
 */
export async function publish(
  db: Database,
  staging: Queries,
  newId: () => string,
  { source, version }: { source: Source; version: string },
): Promise<boolean> {
  for await (const page of pagesOf(staging, NEW_MODELS, ['place'])) {
    for (const { model_key } of page) await staging.run(PUT_NEW_ID, [model_key as string, newId()])
  }
  return db.transaction(async (tx) => {
    if (!(await claimVersion(tx, version))) return false
    for (const written of WRITTEN) await write(tx, staging, source, written)
    for await (const page of pagesOf(staging, SETTLED, BY_TAC.place, [source])) {
      await tx.run(DELETE_CLAIMS, [source, JSON.stringify(page.map(({ tac }) => tac))])
    }
    return true
  })
}

async function write(
  tx: Queries,
  staging: Queries,
  source: Source,
  { table, columns, key, update, rows, place }: Written,
): Promise<void> {
  const parameters = rows.includes(`$${place.length + 1}`) ? [source] : []
  for await (const page of pagesOf(staging, rows, place, parameters)) {
    // A model may be named twice, by its former name too; PostgreSQL takes no row twice in one statement.
    const each = new Map(page.map((row) => [key.map((column) => row[column]).join(' '), row]))
    const values = [...each.values()].map((row) => columns.map((column) => row[column] as Parameter))
    await tx.insert(table, columns, values, `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${update}`)
  }
}

/** The catalogue's version, which each change of it counts up. */
export async function findVersion(db: Queries): Promise<string> {
  return (await db.get<{ value: string }>(FIND_VERSION))?.value ?? '0'
}

/** Counts the version up, where it is still the given one. */
export async function claimVersion(tx: Queries, version: string): Promise<boolean> {
  return (await tx.run(CLAIM_VERSION, [version, String(Number(version) + 1)])) === 1
}
