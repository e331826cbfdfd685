import type { Queries } from '../../db/port.ts'
import type { Source } from '../precedence.ts'
import type { Outcome } from './outcomes.ts'

/** A TAC that two sources assign to different models; `kept` is whether the catalogue stays unchanged. */
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

/** `$1` is the source. A TAC is in conflict when another source assigns it to another model. */
const CONFLICTS = `FROM tac_outcomes t
  CROSS JOIN live_tacs l ON l.tac = t.tac
  CROSS JOIN compared_tacs c ON c.tac = t.tac
  CROSS JOIN staged_tacs st ON st.tac = t.tac
  CROSS JOIN staged_models s ON s.model = st.stated
  CROSS JOIN live_device_models m ON m.id = l.model_id
  WHERE l.source <> $1 AND c.naming IN ('replaces', 'outranked')`
const COUNT_CONFLICTS = `SELECT COUNT(*) AS conflicts ${CONFLICTS}`
const LIST_CONFLICTS = `SELECT t.tac, m.brand AS brand, m.name AS name, l.source AS source, s.brand AS said_brand,
    s.name AS said_name, c.naming ${CONFLICTS} ORDER BY t.tac LIMIT $2`

const LIST_EXAMPLES = `SELECT t.tac, s.brand AS brand, s.name AS name, j.type AS type, j.sim_types AS sim_types,
    m.brand AS live_brand, m.name AS live_name, m.type AS live_type, m.sim_types AS live_sim_types
  FROM tac_outcomes t
  CROSS JOIN staged_models s ON s.model = t.model
  CROSS JOIN model_outcomes j ON j.model = t.model
  LEFT JOIN live_tacs l ON l.tac = t.tac
  LEFT JOIN live_device_models m ON m.id = l.model_id
  WHERE t.outcome = $1 ORDER BY t.tac LIMIT $2`

export async function countConflicts(staging: Queries, source: Source): Promise<number> {
  return (await staging.get<{ conflicts: number }>(COUNT_CONFLICTS, [source]))?.conflicts ?? 0
}

export async function listConflicts(staging: Queries, source: Source, limit: number): Promise<Conflict[]> {
  const rows = await staging.all<{
    tac: string
    brand: string
    name: string
    source: string
    said_brand: string
    said_name: string
    naming: string
  }>(LIST_CONFLICTS, [source, limit])
  return rows.map((row) => ({
    tac: row.tac,
    catalogue: `${row.brand} ${row.name}`,
    source: row.source,
    file: `${row.said_brand} ${row.said_name}`,
    kept: row.naming === 'outranked',
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
