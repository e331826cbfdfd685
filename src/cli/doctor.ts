import { Command } from 'commander'
import { FACTS_ADVICE, usesCurrentFacts } from '../catalogue/facts/digest.ts'
import { misplacedTables } from '../db/citus.ts'
import { appliedVersion } from '../db/migrate.ts'
import { HISTORY_NAME, MIGRATIONS } from '../db/migrations.ts'
import type { Queries } from '../db/port.ts'
import { readSqlite } from '../db/sqlite/connection.ts'
import { checkSqlite } from '../db/sqlite/file.ts'
import { restrictingCommands } from '../db/sqlite/permissions.ts'
import { currentTables, digestTables, sqliteTables, type TableDigest, tableNames } from '../db/tables.ts'
import { SetupError } from '../errors.ts'
import { countUnsealed } from '../events/webhooks/endpoints.ts'
import { type Diagnosis, examine } from '../serve/jobs/doctor.ts'
import { inOneLine, nameOf, openPatiently, requirePooler, type StorePlace } from '../serve/open.ts'
import { count, print, table } from './print.ts'
import { configOf } from './with-context.ts'

/** `handset doctor` */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Check the store: its file, its references, and every rule that its rows must follow.')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset doctor --data /var/lib/handset')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const config = configOf(command)
      const report = await (config.databaseUrl === undefined
        ? examineStore(config.databaseFile)
        : examineDatabase(config))
      print(json, report, describe(report))
      requireHealth(report)
    })
}

/** What a store contains, and what is wrong with it. */
interface Report extends Diagnosis {
  tables: Record<string, TableDigest>
  /** What was not checked, and which tool checks it. */
  unchecked: string[]
  /** What is correct, but could be better. */
  advice: string[]
}

const ONLY_OWNER = 'only its owner can read and write the store'

const DISTRIBUTED = 'Citus distributes every table (handset migrate --citus distributes those that are missing)'

const FILES_OF_POSTGRES = "PostgreSQL's files and indexes (use PostgreSQL's pg_amcheck)"

/** Checks the store of a data directory: its file, and who can read it. */
async function examineStore(file: string): Promise<Report> {
  // Reading the database creates a log with the same mode, so this comes first.
  const commands = restrictingCommands(file)
  const report = await examineFile(file)
  const finding = { check: ONLY_OWNER, broken: commands.length, examples: commands }
  return {
    ...report,
    checks: report.checks + 1,
    findings: commands.length > 0 ? [...report.findings, finding] : report.findings,
  }
}

/** Checks a SQLite file without changing it: its integrity, and the rules of the contract. */
export async function examineFile(file: string): Promise<Report> {
  const db = readSqlite(file)
  try {
    const faults = checkSqlite(file)
    if (faults.length > 0) {
      const finding = { check: 'the file is intact', broken: faults.length, examples: faults.slice(0, 5) }
      return { tables: {}, findings: [finding], checks: 1, unchecked: [], advice: [] }
    }
    const found = await sqliteTables(db)
    if (!found.some(({ name }) => name === HISTORY_NAME)) throw new SetupError(`${file} is not a Handset database`)
    const tables = await digestTables(db, found)
    const { checks, ...rest } = await examineRows(db)
    return { tables, ...rest, checks: checks + 1 }
  } finally {
    db.close()
  }
}

/** Checks a PostgreSQL database against the rules of the contract, without changing it. */
async function examineDatabase(place: StorePlace): Promise<Report> {
  await requirePooler(place)
  const db = await openPatiently(place)
  try {
    const names = await tableNames(db, 'postgres')
    if (!names.includes(HISTORY_NAME)) throw new SetupError(`${nameOf(place)} is not a Handset database`)
    const diagnosis = await examineRows(db)
    if (diagnosis.checks > 0) await examineDistribution(db, diagnosis)
    const tables = diagnosis.checks > 0 ? await digestTables(db, await currentTables()) : {}
    return { ...diagnosis, tables, unchecked: [...diagnosis.unchecked, FILES_OF_POSTGRES] }
  } catch (error) {
    throw inOneLine(error)
  } finally {
    await db.close()
  }
}

/** Adds whether every table is distributed, in a database with the Citus extension. */
async function examineDistribution(db: Queries, diagnosis: Diagnosis): Promise<void> {
  const examples = await misplacedTables(db, await currentTables())
  if (examples === undefined) return
  diagnosis.checks += 1
  if (examples.length > 0) diagnosis.findings.push({ check: DISTRIBUTED, broken: examples.length, examples })
}

/** The rules apply to the current schema. The next start of a server migrates an older store. */
async function examineRows(db: Pick<Queries, 'all' | 'get'>): Promise<Omit<Report, 'tables'>> {
  const version = await appliedVersion(db)
  if (version === MIGRATIONS.length) {
    return { ...(await examine(db)), unchecked: [], advice: await adviceOn(db) }
  }
  const unchecked = `the rows, because the store is at schema ${version} and this Handset is at ${MIGRATIONS.length} (run handset migrate first)`
  return { findings: [], checks: 0, unchecked: [unchecked], advice: [] }
}

async function adviceOn(db: Pick<Queries, 'all' | 'get'>): Promise<string[]> {
  const unsealed = await countUnsealed(db)
  return [
    ...((await usesCurrentFacts(db)) ? [] : [FACTS_ADVICE]),
    ...(unsealed === 0
      ? []
      : [`Secrets of webhooks that are not sealed: ${unsealed}. Set HANDSET_SECRET_KEY, then rotate each.`]),
  ]
}

/** Returns a report as text for people. */
export function describe({ tables, findings, checks, unchecked, advice }: Report): string {
  const rows = Object.entries(tables)
    .sort()
    .map(([name, { rows }]) => [name.replaceAll('_', ' '), count(rows)])
  const silent = unchecked.map((what) => `Not checked: ${what}.`)
  return [table(['ROWS', ''], rows), '', verdictOf({ findings, checks }), ...silent, ...advice].join('\n')
}

/** Returns the result of the checks as text, one line per broken rule. */
export function verdictOf({ findings, checks }: Diagnosis): string {
  if (findings.length === 0) return `${checks} checks passed.`
  return findings
    .map(({ check, broken, examples }) =>
      check === ONLY_OWNER
        ? `BROKEN: ${check}. To fix this, run: ${examples.join('; ')}`
        : `BROKEN: ${check}. Violations: ${count(broken)}, for example ${examples.join(', ')}`,
    )
    .join('\n')
}

/** Findings that say nothing about the rows. */
const WITHOUT_DAMAGE: Readonly<Record<string, string>> = {
  [ONLY_OWNER]: 'Other users can reach the store',
  [DISTRIBUTED]: 'Some tables are not distributed',
}

/** Throws, and so ends the command with exit code 1, if a report contains a finding. */
export function requireHealth({ findings }: Diagnosis): void {
  if (findings.length === 0) return
  const problem = findings.every(({ check }) => check in WITHOUT_DAMAGE)
    ? findings.map(({ check }) => WITHOUT_DAMAGE[check]).join(', and ')
    : 'The store is damaged'
  throw new SetupError(`${problem}: see above`)
}
