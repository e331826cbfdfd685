import { mkdir } from 'node:fs/promises'
import { Command } from 'commander'
import { appliedVersion } from '../db/migrate.ts'
import { MIGRATIONS } from '../db/migrations.ts'
import { readSqlite } from '../db/sqlite.ts'
import { checkSqlite, copySqlite, digestSqlite, type TableDigest } from '../db/sqlite-file.ts'
import { type Diagnosis, examine } from '../doctor.ts'
import { SetupError } from '../errors.ts'
import { count, print, table } from './print.ts'
import { createProgress } from './progress.ts'
import { configOf } from './with-registry.ts'

/** `handset backup FILE` */
export function backupCommand(): Command {
  return new Command('backup')
    .description('Copy the store into a file, while the server runs, and check the copy.')
    .argument('<file>', 'the new file; it must not exist')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', '\nExample:\n  handset backup /backup/handset-$(date +%F).db')
    .action(async (file: string, { json }: { json?: boolean }, command: Command) => {
      const { databaseFile } = configOf(command)
      await copyShowingProgress(databaseFile, file)
      const report = await examineFile(file)
      print(json, { file, ...report }, `Copied ${databaseFile} to ${file}.\n${describe(report)}`)
      requireHealth(report)
    })
}

/** `handset restore FILE` */
export function restoreCommand(): Command {
  return new Command('restore')
    .description('Put a backup into an empty data directory, and check it.')
    .argument('<file>', 'a file that handset backup made')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', '\nExample:\n  handset restore /backup/handset-2026-11-23.db --data /var/lib/handset')
    .action(async (file: string, { json }: { json?: boolean }, command: Command) => {
      const { dataDirectory, databaseFile } = configOf(command)
      const before = await examineFile(file)
      if (before.findings.length > 0) throw new SetupError(`${file} cannot be restored. ${verdictOf(before)}`)
      await mkdir(dataDirectory, { recursive: true })
      await copyShowingProgress(file, databaseFile)
      const report = await examineFile(databaseFile)
      const differing = Object.keys(before.tables).filter(
        (name) => before.tables[name]?.digest !== report.tables[name]?.digest,
      )
      if (differing.length > 0) throw new SetupError(`Rows differ from the backup in ${differing.join(', ')}`)
      const text = `Restored ${file} to ${databaseFile}; every row is the backup's.\n${describe(report)}`
      print(json, { file, ...report }, text)
      requireHealth(report)
    })
}

/** `handset doctor` */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Check the store: its file, its references and every rule of the contract that it can show.')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset doctor --data /var/lib/handset')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const report = await examineFile(configOf(command).databaseFile)
      print(json, report, describe(report))
      requireHealth(report)
    })
}

async function copyShowingProgress(from: string, to: string): Promise<void> {
  const progress = createProgress()
  try {
    await copySqlite(from, to, (done) => progress.update(undefined, done))
  } finally {
    progress.end()
  }
}

interface Report extends Diagnosis {
  tables: Record<string, TableDigest>
}

/** What a file holds, and what SQLite and the contract's rules find wrong with it. The file is left as it is. */
async function examineFile(file: string): Promise<Report> {
  const db = readSqlite(file)
  try {
    const faults = checkSqlite(file)
    if (faults.length > 0) {
      const finding = { check: 'the file is sound', broken: faults.length, examples: faults.slice(0, 5) }
      return { tables: {}, findings: [finding], checks: 1 }
    }
    const tables = digestSqlite(file)
    if (!('schema_migrations' in tables)) throw new SetupError(`${file} is not a Handset database`)
    // The rules speak of the present schema: an older file is brought up to it at the next start.
    const isCurrent = (await appliedVersion(db)) === MIGRATIONS.length
    const { findings, checks } = isCurrent ? await examine(db) : { findings: [], checks: 0 }
    return { tables, findings, checks: checks + 1 }
  } finally {
    db.close()
  }
}

function describe({ tables, findings, checks }: Report): string {
  const rows = Object.entries(tables).map(([name, { rows }]) => [name.replaceAll('_', ' '), count(rows)])
  return [table(['ROWS', ''], rows), '', verdictOf({ findings, checks })].join('\n')
}

function verdictOf({ findings, checks }: Diagnosis): string {
  if (findings.length === 0) return `${checks} checks, nothing wrong.`
  return findings
    .map(({ check, broken, examples }) => `BROKEN ${check}: ${count(broken)}, as ${examples.join(', ')}`)
    .join('\n')
}

function requireHealth({ findings }: Diagnosis): void {
  if (findings.length > 0) throw new SetupError('Something is wrong with the store: see above')
}
