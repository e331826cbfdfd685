import type { Queries } from '../../db/port.ts'
import { checkDigit } from '../../domain/imei.ts'

/** What a check looks at, and how many of it break the rule; `examples` are ids. */
export interface Finding {
  check: string
  broken: number
  examples: string[]
}

/** What is wrong with a store, of so many things that were looked at. */
export interface Diagnosis {
  findings: Finding[]
  checks: number
}

type Store = Pick<Queries, 'all' | 'get'>

interface Check {
  check: string
  /** Gives the id of every row that breaks the rule. */
  sql: string
}

const EXAMPLES = 5

const PREFIXES = { api_keys: 'key', user_tokens: 'utk', users: 'usr', sims: 'sim', devices: 'dev' }

/** The rules of the contract that SQL can state, in the SQL that both engines speak. */
const CHECKS: readonly Check[] = [
  ...Object.entries(PREFIXES).map(([table, prefix]) => ({
    check: `ids of ${table} have their shape and their project's tag (contract 3)`,
    sql: `SELECT x.id FROM ${table} x JOIN projects p ON p.id = x.project_id
      WHERE LENGTH(x.id) <> 32 OR SUBSTR(x.id, 1, 4) <> '${prefix}_' OR SUBSTR(x.id, 13, 6) <> p.tag`,
  })),
  {
    check: 'ids of device models have their shape (contract 3)',
    sql: "SELECT id FROM device_models WHERE LENGTH(id) <> 26 OR SUBSTR(id, 1, 4) <> 'dmd_'",
  },
  {
    check: 'IMEIs are 15 digits that begin with their TAC (contract 7)',
    sql: `SELECT id FROM devices
      WHERE LENGTH(imei) <> 15 OR LTRIM(imei, '0123456789') <> '' OR SUBSTR(imei, 1, 8) <> tac`,
  },
  {
    check: 'ICCIDs are 19 or 20 digits (contract 9)',
    sql: `SELECT id FROM sims WHERE LENGTH(iccid) NOT IN (19, 20) OR LTRIM(iccid, '0123456789') <> ''`,
  },
  {
    check: 'SIMs are on devices of their own project (contract 8)',
    sql: `SELECT s.id FROM sims s LEFT JOIN devices d ON d.project_id = s.project_id AND d.id = s.device_id
      WHERE s.device_id IS NOT NULL AND d.id IS NULL`,
  },
  {
    check: 'SIMs of a device have places of their own (contract 8)',
    sql: `SELECT a.id FROM sims a JOIN sims b ON b.project_id = a.project_id AND b.device_id = a.device_id
      AND b.device_position = a.device_position AND b.id <> a.id`,
  },
  {
    check: 'devices belong to users of their own project (contract 8)',
    sql: `SELECT d.id FROM devices d LEFT JOIN users u ON u.project_id = d.project_id AND u.id = d.user_id
      WHERE d.user_id IS NOT NULL AND u.id IS NULL`,
  },
  {
    check: 'device names are 1 to 255 characters (contract 8)',
    sql: 'SELECT id FROM devices WHERE name IS NOT NULL AND LENGTH(name) NOT BETWEEN 1 AND 255',
  },
  {
    check: 'devices with a name are found by it (lists, `q`)',
    sql: 'SELECT id FROM devices WHERE (name IS NULL) <> (name_key IS NULL)',
  },
  {
    check: 'TACs are 8 digits of a model that exists (contract 7)',
    sql: `SELECT t.tac AS id FROM tacs t LEFT JOIN device_models m ON m.id = t.model_id
      WHERE m.id IS NULL OR LENGTH(t.tac) <> 8 OR LTRIM(t.tac, '0123456789') <> ''`,
  },
  {
    check: 'SIM types of a model are eSIM and pSIM, in that order (contract 7)',
    sql: `SELECT id FROM device_models WHERE sim_types NOT IN ('[]', '["eSIM"]', '["pSIM"]', '["eSIM","pSIM"]')`,
  },
  {
    check: 'models that have become one with another are no models any more (contract 7)',
    sql: 'SELECT x.id FROM merged_models x JOIN device_models m ON m.id = x.id',
  },
  {
    check: 'user tokens belong to users that exist (contract 10)',
    sql: `SELECT t.id FROM user_tokens t LEFT JOIN users u ON u.project_id = t.project_id AND u.id = t.user_id
      WHERE u.id IS NULL`,
  },
]

const LIVE_IMEIS = `SELECT d.id, d.imei FROM devices d JOIN projects p ON p.id = d.project_id
  WHERE p.type = 'live' AND d.project_id = $1 AND d.id > $2 ORDER BY d.id LIMIT $3`
const BATCH_ROWS = 10_000

/** Checks every invariant of the contract that can be told from the store alone. */
export async function examine(db: Store): Promise<Diagnosis> {
  const findings: Finding[] = []
  for (const { check, sql } of CHECKS) {
    addFinding(
      findings,
      check,
      (await db.all<{ id: string }>(sql)).map(({ id }) => id),
    )
  }
  addFinding(findings, 'IMEIs of live projects have a check digit that fits (contract 7)', await misfits(db))
  return { findings, checks: CHECKS.length + 1 }
}

function addFinding(findings: Finding[], check: string, ids: readonly string[]): void {
  if (ids.length > 0) findings.push({ check, broken: ids.length, examples: ids.slice(0, EXAMPLES) })
}

/** Luhn is beyond portable SQL, so the IMEIs of live projects are read in batches. */
async function misfits(db: Store): Promise<string[]> {
  const found: string[] = []
  for (const { id: project } of await db.all<{ id: string }>("SELECT id FROM projects WHERE type = 'live'")) {
    let after = ''
    for (;;) {
      const rows = await db.all<{ id: string; imei: string }>(LIVE_IMEIS, [project, after, BATCH_ROWS])
      found.push(...rows.filter(({ imei }) => checkDigit(imei) !== imei[14]).map(({ id }) => id))
      const last = rows.at(-1)
      if (last === undefined) break
      after = last.id
    }
  }
  return found
}
