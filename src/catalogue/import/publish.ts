import type { KeyedTable, Queries, Scratch } from '../../db/port.ts'
import { walkPages } from '../../db/walk.ts'
import { SetupError } from '../../errors.ts'
import type { Source } from '../precedence.ts'
import { COLUMNS } from '../tables.ts'
import { DEFINITIONS } from './live-copy.ts'

/** How many rows are at hand at a time. */
const PAGE_ROWS = 1_000

/** `$1` is the version that it is to be, `$2` the next. */
const CLAIM_VERSION = `INSERT INTO catalogue_marks (name, value) VALUES ('version', $2)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE catalogue_marks.value = $1`
const FIND_VERSION = "SELECT value FROM catalogue_marks WHERE name = 'version'"

const NEW_MODELS = `SELECT place, model_key FROM new_models WHERE place > $1 ORDER BY place LIMIT ${PAGE_ROWS}`
const PUT_NEW_ID = 'UPDATE judged_models SET new_id = $2 WHERE model_key = $1'

/** Rows that an import puts into a table of the catalogue, from one that is made of them beside what is staged. */
interface Written extends KeyedTable {
  table: string
  /** What tells the rows of the catalogue apart, and what one that is there takes over. */
  conflict: readonly string[]
  update: (table: string) => string
  definition: string
  /** Finds them where an import was judged; `$1` is its source. */
  rows: readonly string[]
}

/**
 * What makes an import visible, in this order. Rows go in by their keys, most of them next to each other, and those of
 * new models behind all others.
 */
const WRITTEN: readonly Written[] = [
  {
    table: 'device_models',
    name: 'written_models',
    columns: COLUMNS.device_models,
    key: ['id'],
    conflict: ['id'],
    update: () => `type = excluded.type, type_source = excluded.type_source, sim_types = excluded.sim_types,
      sim_types_source = excluded.sim_types_source`,
    definition: `CREATE TABLE written_models (${DEFINITIONS.device_models})`,
    rows: [
      `SELECT COALESCE(j.live_id, j.new_id), COALESCE(m.brand, s.brand), COALESCE(m.brand_key, s.brand_key),
        COALESCE(m.name, s.name), COALESCE(m.name_key, s.name_key), s.is_code, j.type, j.type_source, j.sim_types,
        j.sim_types_source
      FROM judged_models j
      CROSS JOIN staged_models s ON s.model_key = j.model_key
      LEFT JOIN live_device_models m ON m.id = j.live_id
      WHERE j.outcome IN ('added', 'changed')
        OR j.live_id IS NOT NULL AND (COALESCE(j.type_source, '') <> COALESCE(m.type_source, '')
          OR COALESCE(j.sim_types_source, '') <> COALESCE(m.sim_types_source, ''))
      ORDER BY 1, j.model_key`,
    ],
  },
  {
    table: 'model_claims',
    name: 'written_model_claims',
    columns: COLUMNS.model_claims,
    key: ['model_id', 'source'],
    conflict: ['model_id', 'source'],
    update: (table) => `type = COALESCE(excluded.type, ${table}.type),
      sim_types = COALESCE(excluded.sim_types, ${table}.sim_types)`,
    definition: `CREATE TABLE written_model_claims (${DEFINITIONS.model_claims})`,
    rows: [
      `SELECT COALESCE(j.live_id, j.new_id), $1, s.said_type, s.said_sim_types
      FROM judged_models j
      CROSS JOIN staged_models s ON s.model_key = j.model_key
      LEFT JOIN live_model_claims c ON c.model_id = j.live_id AND c.source = $1
      WHERE j.outcome IS NOT NULL AND (s.said_type IS NOT NULL OR s.said_sim_types IS NOT NULL)
        AND (c.model_id IS NULL OR COALESCE(c.type, '') <> COALESCE(s.said_type, c.type, '')
          OR COALESCE(c.sim_types, '') <> COALESCE(s.said_sim_types, c.sim_types, ''))
      ORDER BY 1, j.model_key`,
    ],
  },
  {
    table: 'tac_claims',
    name: 'written_tac_claims',
    columns: ['tac', 'source', 'brand', 'name', 'type', 'sim_types'],
    key: ['tac', 'source'],
    conflict: ['tac', 'source'],
    update: () => 'brand = excluded.brand, name = excluded.name, type = excluded.type, sim_types = excluded.sim_types',
    definition: `CREATE TABLE written_tac_claims (
      tac TEXT NOT NULL,
      source TEXT NOT NULL,
      brand TEXT NOT NULL,
      name TEXT NOT NULL,
      type TEXT,
      sim_types TEXT,
      PRIMARY KEY (tac, source)
    )`,
    rows: [
      // What the catalogue said so far, by another source, is that source's claim from now on.
      `SELECT t.tac, l.source, m.brand, m.name, c.type, c.sim_types
      FROM judged_tacs t
      CROSS JOIN live_tacs l ON l.tac = t.tac
      CROSS JOIN live_device_models m ON m.id = l.model_id
      LEFT JOIN live_model_claims c ON c.model_id = m.id AND c.source = l.source
      WHERE t.moves = 1 AND l.source <> $1`,
      `SELECT t.tac, $1, s.brand, s.name, s.said_type, s.said_sim_types
      FROM judged_tacs t
      CROSS JOIN live_tacs l ON l.tac = t.tac
      CROSS JOIN staged_models s ON s.model_key = t.model_key
      WHERE t.moves = 0 AND l.source <> $1`,
    ],
  },
  {
    table: 'tacs',
    name: 'written_tacs',
    columns: COLUMNS.tacs,
    key: ['model_id', 'tac'],
    conflict: ['tac'],
    update: () => 'model_id = excluded.model_id, source = excluded.source',
    definition: `CREATE TABLE written_tacs (
      tac TEXT NOT NULL,
      model_id TEXT NOT NULL,
      source TEXT NOT NULL,
      PRIMARY KEY (model_id, tac)
    )`,
    rows: [
      `SELECT t.tac, COALESCE(j.live_id, j.new_id) AS model_id, $1
      FROM judged_tacs t
      CROSS JOIN judged_models j ON j.model_key = t.model_key
      WHERE t.moves = 1
      ORDER BY model_id, t.tac`,
    ],
  },
]

/** The TACs for which a source speaks from now on that only had a claim. */
const SETTLED_TACS = 'CREATE TABLE settled_tacs (tac TEXT PRIMARY KEY)'
const SETTLE_TACS = `INSERT INTO settled_tacs (tac) SELECT t.tac FROM judged_tacs t CROSS JOIN live_tacs l ON l.tac = t.tac
  WHERE t.moves = 1 AND l.source <> $1`
const NEXT_SETTLED = `SELECT tac FROM settled_tacs WHERE tac > $1 ORDER BY tac LIMIT ${PAGE_ROWS}`
const DELETE_CLAIMS = 'DELETE FROM tac_claims WHERE source = $1 AND tac IN (JSON_ITEMS($2))'

/**
 * Makes a judged import visible, whole, in one transaction. Gives false, and does nothing, when the catalogue is no
 * longer at the version that the import was judged against.
 *
 * Throws `SetupError` when `signal` has ended the import before its turn to write.
 */
export async function publish(
  staging: Scratch,
  newId: () => string,
  { source, version, signal }: { source: Source; version: string; signal: AbortSignal },
): Promise<boolean> {
  for await (const page of walkPages<{ place: string; model_key: string }>(staging, NEW_MODELS, ['place'])) {
    for (const { model_key } of page) await staging.run(PUT_NEW_ID, [model_key, newId()])
  }
  await prepare(staging, source)
  return staging.publish(async (tx) => {
    throwIfInterrupted(signal)
    if (!(await claimVersion(tx, version))) return false
    for (const written of WRITTEN) {
      const { table, conflict, update } = written
      await tx.insertFrom(written, table, `ON CONFLICT (${conflict.join(', ')}) DO UPDATE SET ${update(table)}`)
    }
    for await (const page of walkPages<{ tac: string }>(staging, NEXT_SETTLED, ['tac'])) {
      await tx.run(DELETE_CLAIMS, [source, JSON.stringify(page.map(({ tac }) => tac))])
    }
    return true
  })
}

/** Makes the rows that are to be written beforehand, so that other writers wait only while they are written. */
async function prepare(staging: Queries, source: Source): Promise<void> {
  for (const written of WRITTEN) {
    const { name, columns, key, definition, update, rows } = written
    await staging.run(`DROP TABLE IF EXISTS ${name}`)
    await staging.run(definition)
    for (const found of rows) {
      // A model may be named twice, by its former name too.
      await staging.run(
        `INSERT INTO ${name} (${columns.join(', ')}) ${found} ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${update(name)}`,
        found.includes('$1') ? [source] : [],
      )
    }
  }
  await staging.run('DROP TABLE IF EXISTS settled_tacs')
  await staging.run(SETTLED_TACS)
  await staging.run(SETTLE_TACS, [source])
}

export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new SetupError('The import was interrupted, and nothing was changed. Run it again.')
}

/** The catalogue's version, which each change of it counts up. */
export async function findVersion(db: Queries): Promise<string> {
  return (await db.get<{ value: string }>(FIND_VERSION))?.value ?? '0'
}

/** Counts the version up, where it is still the given one. */
export async function claimVersion(tx: Queries, version: string): Promise<boolean> {
  return (await tx.run(CLAIM_VERSION, [version, String(Number(version) + 1)])) === 1
}
