import { Command } from 'commander'
import type { Config } from '../config.ts'
import { copySqlite } from '../db/sqlite/file.ts'
import { createDirectory, restrictStore } from '../db/sqlite/permissions.ts'
import { SetupError } from '../errors.ts'
import { nameOf } from '../serve/open.ts'
import { describe, examineFile, requireHealth, verdictOf } from './doctor.ts'
import { print } from './print.ts'
import { configOf } from './with-context.ts'

/** `handset backup FILE` */
export function backupCommand(): Command {
  return new Command('backup')
    .description('Copy the store into a file and check the copy. The server may be running.')
    .argument('<file>', 'the new file, which must not exist')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', '\nExample:\n  handset backup /backup/handset-$(date +%F).db')
    .action(async (file: string, { json }: { json?: boolean }, command: Command) => {
      const { databaseFile } = embeddedStoreOf(command, 'pg_dump')
      await copySqlite(databaseFile, file)
      const report = await examineFile(file)
      print(json, { file, ...report }, `Copied ${databaseFile} to ${file}.\n${describe(report)}`)
      requireHealth(report)
    })
}

/** `handset restore FILE` */
export function restoreCommand(): Command {
  return new Command('restore')
    .description('Restore a backup into an empty data directory, and check it.')
    .argument('<file>', 'a file created by handset backup')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', '\nExample:\n  handset restore /backup/handset-2026-11-23.db --data /var/lib/handset')
    .action(async (file: string, { json }: { json?: boolean }, command: Command) => {
      const { dataDirectory, databaseFile } = embeddedStoreOf(command, 'pg_restore')
      const before = await examineFile(file)
      if (before.findings.length > 0) throw new SetupError(`${file} cannot be restored. ${verdictOf(before)}`)
      createDirectory(dataDirectory)
      await copySqlite(file, databaseFile)
      restrictStore(databaseFile)
      const report = await examineFile(databaseFile)
      const differing = Object.keys(before.tables).filter(
        (name) => before.tables[name]?.digest !== report.tables[name]?.digest,
      )
      if (differing.length > 0)
        throw new SetupError(`The restored rows differ from the backup in ${differing.join(', ')}`)
      const text = `Restored ${file} to ${databaseFile}. Every row equals the backup's.\n${describe(report)}`
      print(json, { file, ...report }, text)
      requireHealth(report)
    })
}

/** The settings of a command that works on a file. PostgreSQL has its own tools for this. */
function embeddedStoreOf(command: Command, tool: string): Config {
  const config = configOf(command)
  if (config.databaseUrl === undefined) return config
  throw new SetupError(
    `The store is ${nameOf(config)}: use PostgreSQL's ${tool} (see docs/operating.md), or name a directory with --data`,
  )
}
