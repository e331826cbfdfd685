import type { Queries } from '../../db/port.ts'
import { walkPages } from '../../db/walk.ts'
import { checkDigit } from '../../domain/imei.ts'
import { examineWords } from './examine-words.ts'

/** A broken rule: how many rows break it, and the ids of a few. */
export interface Finding {
  check: string
  broken: number
  examples: string[]
}

/** What is wrong with a store, and how many checks were made. */
export interface Diagnosis {
  findings: Finding[]
  checks: number
}

type Store = Pick<Queries, 'all' | 'get'>

interface Check {
  /** The rule, as a sentence. */
  check: string
  /** Selects the id of every row that breaks the rule. */
  sql: string
}

const EXAMPLES = 5

const PREFIXES = {
  api_keys: 'key',
  user_tokens: 'utk',
  users: 'usr',
  sims: 'sim',
  devices: 'dev',
  webhook_endpoints: 'whe',
  webhook_deliveries: 'wdl',
}

/** The rules of docs/contract.md that can be written in SQL, in the SQL that both engines share. */
const CHECKS: readonly Check[] = [
  ...Object.entries(PREFIXES).map(([table, prefix]) => ({
    check: `every id in ${table} is ${prefix}_ and 28 characters, with its project's tag inside`,
    sql: `SELECT x.id FROM ${table} x JOIN projects p ON p.id = x.project_id
      WHERE LENGTH(x.id) <> 32 OR SUBSTR(x.id, 1, 4) <> '${prefix}_' OR SUBSTR(x.id, 13, 6) <> p.tag`,
  })),
  {
    check: 'every id of a device model is dmd_ and 22 characters',
    sql: "SELECT id FROM device_models WHERE LENGTH(id) <> 26 OR SUBSTR(id, 1, 4) <> 'dmd_'",
  },
  {
    check: 'every IMEI has 15 digits and starts with its TAC',
    sql: `SELECT id FROM devices
      WHERE LENGTH(imei) <> 15 OR LTRIM(imei, '0123456789') <> '' OR SUBSTR(imei, 1, 8) <> tac`,
  },
  {
    check: 'every ICCID has 19 or 20 digits',
    sql: `SELECT id FROM sims WHERE LENGTH(iccid) NOT IN (19, 20) OR LTRIM(iccid, '0123456789') <> ''`,
  },
  {
    check: 'a SIM is only on a device of its own project',
    sql: `SELECT s.id FROM sims s LEFT JOIN devices d ON d.project_id = s.project_id AND d.id = s.device_id
      WHERE s.device_id IS NOT NULL AND d.id IS NULL`,
  },
  {
    check: 'no two SIMs of a device have the same position',
    sql: `SELECT a.id FROM sims a JOIN sims b ON b.project_id = a.project_id AND b.device_id = a.device_id
      AND b.device_position = a.device_position AND b.id <> a.id`,
  },
  {
    check: 'a device only belongs to a user of its own project',
    sql: `SELECT d.id FROM devices d LEFT JOIN users u ON u.project_id = d.project_id AND u.id = d.user_id
      WHERE d.user_id IS NOT NULL AND u.id IS NULL`,
  },
  {
    check: 'every device name has 1 to 255 characters',
    sql: 'SELECT id FROM devices WHERE name IS NOT NULL AND LENGTH(name) NOT BETWEEN 1 AND 255',
  },
  {
    check: 'every TAC has 8 digits and a model that exists',
    sql: `SELECT t.tac AS id FROM tacs t LEFT JOIN device_models m ON m.id = t.model_id
      WHERE m.id IS NULL OR LENGTH(t.tac) <> 8 OR LTRIM(t.tac, '0123456789') <> ''`,
  },
  {
    check: 'the SIM types of a model are eSIM and pSIM, in that order',
    sql: `SELECT id FROM device_models WHERE sim_types NOT IN ('[]', '["eSIM"]', '["pSIM"]', '["eSIM","pSIM"]')`,
  },
  {
    check: 'a model that was merged into another no longer exists',
    sql: 'SELECT x.id FROM merged_models x JOIN device_models m ON m.id = x.id',
  },
  {
    check: 'every user token belongs to a user that exists',
    sql: `SELECT t.id FROM user_tokens t LEFT JOIN users u ON u.project_id = t.project_id AND u.id = t.user_id
      WHERE u.id IS NULL`,
  },
]

const LIVE_IMEIS = `SELECT d.id, d.imei FROM devices d JOIN projects p ON p.id = d.project_id
  WHERE p.type = 'live' AND d.project_id = $1 AND d.id > $2 ORDER BY d.id LIMIT 10000`

const REINDEX = 'to fix this, run handset reindex'

/** Checks every invariant that can be verified from the store alone. */
export async function examine(db: Store): Promise<Diagnosis> {
  const findings: Finding[] = []
  for (const { check, sql } of CHECKS) {
    addFinding(
      findings,
      check,
      (await db.all<{ id: string }>(sql)).map(({ id }) => id),
    )
  }
  addFinding(findings, 'every IMEI in a live project has a valid check digit', await invalidCheckDigits(db))
  // While the index is being built, it lacks objects.
  if ((await db.all('SELECT stage FROM search_stages')).length > 0) return { findings, checks: CHECKS.length + 1 }
  const { outdated, stray } = await examineWords(db)
  addFinding(findings, `every user, device and SIM is in the index of words (${REINDEX})`, outdated)
  addFinding(findings, `the index of words has nothing else (${REINDEX})`, stray)
  return { findings, checks: CHECKS.length + 3 }
}

function addFinding(findings: Finding[], check: string, ids: readonly string[]): void {
  if (ids.length > 0) findings.push({ check, broken: ids.length, examples: ids.slice(0, EXAMPLES) })
}

/** Portable SQL cannot compute Luhn, so this reads the IMEIs of live projects in batches. */
async function invalidCheckDigits(db: Store): Promise<string[]> {
  const found: string[] = []
  for (const { id: project } of await db.all<{ id: string }>("SELECT id FROM projects WHERE type = 'live'")) {
    const pages = walkPages<{ id: string; imei: string }>(db, LIVE_IMEIS, ['id'], { parameters: [project] })
    for await (const rows of pages) {
      found.push(...rows.filter(({ imei }) => checkDigit(imei) !== imei[14]).map(({ id }) => id))
    }
  }
  return found
}
