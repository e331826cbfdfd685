import { columns } from '../../db/insert.ts'
import type { KeyedTable, Queries, Scratch } from '../../db/port.ts'
import { walkPages } from '../../db/walk.ts'
import { SetupError } from '../../errors.ts'
import type { Source } from '../precedence.ts'
import { COLUMNS } from '../tables.ts'
import { DEFINITIONS } from './live-copy.ts'

/** How many rows are in memory at a time. */
const PAGE_ROWS = 1_000

/** `$1` is the expected version, `$2` the next. */
const CLAIM_VERSION = `INSERT INTO catalogue_marks (name, value) VALUES ('version', $2)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE catalogue_marks.value = $1`
const FIND_VERSION = "SELECT value FROM catalogue_marks WHERE name = 'version'"

/** In the order of the file, so that their ids sort in that order. */
const NEW_MODELS = `SELECT model FROM model_outcomes WHERE outcome = 'added' AND model > $1
  ORDER BY model LIMIT ${PAGE_ROWS}`
const NEW_ID_COLUMNS = columns<{ model: number; id: string }>()({ model: true, id: true })

/** Rows that an import writes to a table of the catalogue, from a table prepared in the scratch database. */
interface Written extends KeyedTable {
  table: string
  /** The columns that identify a row; empty if no row can exist. `update` sets the columns of an existing row. */
  conflict: readonly string[]
  update: (table: string) => string
  definition: string
  /** Selects the rows; `$1` is the source. */
  rows: string
}

const CLAIM_DEFINITION = `tac TEXT NOT NULL,
      source TEXT NOT NULL,
      brand TEXT NOT NULL,
      name TEXT NOT NULL,
      type TEXT,
      sim_types TEXT,
      PRIMARY KEY (tac, source)`

/**
 * The writes that make an import visible, in this order. Rows are inserted in the order of their keys, so that most of
 * them are neighbours. Rows of new models come last.
 */
const WRITTEN: readonly Written[] = [
  {
    table: 'device_models',
    name: 'written_models',
    columns: COLUMNS.device_models.names,
    key: ['id'],
    conflict: ['id'],
    update: () => `type = excluded.type, type_source = excluded.type_source, sim_types = excluded.sim_types,
      sim_types_source = excluded.sim_types_source`,
    definition: `CREATE TABLE written_models (${DEFINITIONS.device_models})`,
    rows: `SELECT COALESCE(j.live_id, n.id), COALESCE(m.brand, s.brand), COALESCE(m.brand_key, s.brand_key),
        COALESCE(m.name, s.name), COALESCE(m.name_key, s.name_key), s.is_code, j.type, j.type_source, j.sim_types,
        j.sim_types_source
      FROM model_outcomes j
      CROSS JOIN staged_models s ON s.model = j.model
      LEFT JOIN new_ids n ON n.model = j.model
      LEFT JOIN live_device_models m ON m.id = j.live_id
      WHERE j.outcome IN ('added', 'changed')
        OR j.live_id IS NOT NULL AND (COALESCE(j.type_source, '') <> COALESCE(m.type_source, '')
          OR COALESCE(j.sim_types_source, '') <> COALESCE(m.sim_types_source, ''))
      ORDER BY 1, j.model`,
  },
  {
    table: 'model_claims',
    name: 'written_model_claims',
    columns: COLUMNS.model_claims.names,
    key: ['model_id', 'source'],
    conflict: ['model_id', 'source'],
    update: (table) => `type = COALESCE(excluded.type, ${table}.type),
      sim_types = COALESCE(excluded.sim_types, ${table}.sim_types)`,
    definition: `CREATE TABLE written_model_claims (${DEFINITIONS.model_claims})`,
    rows: `SELECT COALESCE(j.live_id, n.id), $1, s.stated_type, NULL
      FROM model_outcomes j
      CROSS JOIN staged_models s ON s.model = j.model
      LEFT JOIN new_ids n ON n.model = j.model
      LEFT JOIN live_model_claims c ON c.model_id = j.live_id AND c.source = $1
      WHERE j.outcome IS NOT NULL AND s.stated_type IS NOT NULL AND COALESCE(c.type, '') <> s.stated_type
      ORDER BY 1, j.model`,
  },
  // As soon as a second source states something about a TAC, the claim of each is stored.
  {
    table: 'tac_claims',
    name: 'written_first_claims',
    columns: COLUMNS.tac_claims.names,
    key: ['tac', 'source'],
    conflict: ['tac', 'source'],
    update: () => '',
    definition: `CREATE TABLE written_first_claims (${CLAIM_DEFINITION})`,
    rows: `SELECT l.tac, l.source, m.brand, m.name, k.type,
        CASE WHEN l.sim_types_source = l.source THEN m.sim_types END
      FROM tac_outcomes t
      CROSS JOIN live_tacs l ON l.tac = t.tac
      CROSS JOIN live_device_models m ON m.id = l.model_id
      LEFT JOIN live_model_claims k ON k.model_id = m.id AND k.source = l.source
      WHERE l.source <> $1 AND l.source <> 'operator'`,
  },
  {
    table: 'tac_claims',
    name: 'written_tac_claims',
    columns: COLUMNS.tac_claims.names,
    key: ['tac', 'source'],
    conflict: ['tac', 'source'],
    update: () => 'brand = excluded.brand, name = excluded.name, type = excluded.type, sim_types = excluded.sim_types',
    definition: `CREATE TABLE written_tac_claims (${CLAIM_DEFINITION})`,
    rows: `SELECT t.tac, $1, s.brand, s.name, st.type, CASE WHEN st.sim_types_source = $1 THEN st.sim_types END
      FROM tac_outcomes t
      CROSS JOIN live_tacs l ON l.tac = t.tac
      CROSS JOIN staged_tacs st ON st.tac = t.tac
      CROSS JOIN staged_models s ON s.model = st.stated
      WHERE l.source <> $1 OR t.changes = 1 OR COALESCE(l.sim_types_source, $1) <> $1`,
  },
  {
    table: 'tacs',
    name: 'written_tacs',
    columns: COLUMNS.tacs.names,
    key: ['model_id', 'tac'],
    conflict: ['tac'],
    update: () =>
      'model_id = excluded.model_id, source = excluded.source, sim_types_source = excluded.sim_types_source',
    definition: `CREATE TABLE written_tacs (
      tac TEXT NOT NULL,
      model_id TEXT NOT NULL,
      source TEXT NOT NULL,
      sim_types_source TEXT,
      PRIMARY KEY (model_id, tac)
    )`,
    rows: `SELECT t.tac, CASE t.stays WHEN 1 THEN l.model_id ELSE COALESCE(j.live_id, n.id) END AS model_id,
        t.source, t.sim_types_source
      FROM tac_outcomes t
      CROSS JOIN model_outcomes j ON j.model = t.model
      LEFT JOIN new_ids n ON n.model = t.model
      LEFT JOIN live_tacs l ON l.tac = t.tac
      WHERE t.changes = 1
      ORDER BY model_id, t.tac`,
  },
]

/**
 * Writes a compared import in one transaction. Returns false, and writes nothing, if the catalogue is no longer at the
 * version with which the import was compared.
 *
 * Throws `SetupError` when `signal` aborted the import before it could write.
 */
export async function publish(
  staging: Scratch,
  newId: () => string,
  { source, version, signal }: { source: Source; version: string; signal: AbortSignal },
): Promise<boolean> {
  for await (const page of walkPages<{ model: number }>(staging, NEW_MODELS, ['model'], { after: [0] })) {
    const ids = page.map(({ model }) => ({ model, id: newId() }))
    await staging.insert('new_ids', NEW_ID_COLUMNS, ids)
  }
  await prepare(staging, source)
  return staging.publish(async (tx) => {
    throwIfInterrupted(signal)
    if (!(await claimVersion(tx, version))) return false
    for (const written of WRITTEN) await tx.insertFrom(written, written.table, onConflict(written, written.table))
    return true
  })
}

function onConflict({ conflict, update }: Written, table: string, key = conflict): string {
  const set = update(table)
  return `ON CONFLICT (${key.join(', ')}) DO ${set === '' ? 'NOTHING' : `UPDATE SET ${set}`}`
}

/** Prepares the rows to be written, so that other writers wait only while they are written. */
async function prepare(staging: Queries, source: Source): Promise<void> {
  for (const written of WRITTEN) {
    const { name, columns: names, key, definition, rows } = written
    await staging.run(`DROP TABLE IF EXISTS ${name}`)
    await staging.run(definition)
    // A model may be staged twice: by its name and by its former name.
    await staging.run(
      `INSERT INTO ${name} (${names.join(', ')}) ${rows} ${onConflict(written, name, key)}`,
      rows.includes('$1') ? [source] : [],
    )
  }
}

export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new SetupError('The import was interrupted, and nothing was changed. Run it again.')
}

/** The version of the catalogue. Each change of the catalogue increments it. */
export async function findVersion(db: Queries): Promise<string> {
  return (await db.get<{ value: string }>(FIND_VERSION))?.value ?? '0'
}

/** Increments the version if it is still the given one; returns whether it was. */
export async function claimVersion(tx: Queries, version: string): Promise<boolean> {
  return (await tx.run(CLAIM_VERSION, [version, String(Number(version) + 1)])) === 1
}
