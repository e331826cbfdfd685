import { resolve } from 'node:path'
import { Command } from 'commander'
import { loadConfig, processEnvironment } from '../config.ts'
import { prepareCopy, requireCurrentSchema, type Side } from '../db/copy.ts'
import type { Queries } from '../db/port.ts'
import { readSqlite } from '../db/sqlite/connection.ts'
import type { TableDigest } from '../db/tables.ts'
import { SetupError } from '../errors.ts'
import { inOneLine, nameOf, openPatiently, requirePooler, type StorePlace } from '../serve/open.ts'
import { catchInterrupt } from './interruption.ts'
import { count, print, table } from './print.ts'
import { createProgress } from './progress.ts'

interface CopyOptions {
  from: string
  to: string
  json?: boolean
}

/** `handset copy` */
export function copyCommand(): Command {
  return new Command('copy')
    .description('Copy a whole store into an empty one, of the same or the other engine, and check every row.')
    .requiredOption('--from <store>', 'the store to copy, which no server may be using')
    .requiredOption('--to <store>', 'an empty store, or the target of an interrupted copy')
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      `
A store is sqlite:DIRECTORY or postgres://user@host:5432/database. Put a password into PGPASSWORD rather than
into the URL: other users of the machine can see the command line.

Stop the servers of both stores first. An interrupted copy continues when you run the command again.

Examples:
  handset copy --from sqlite:./data --to postgres://handset@db.example.com:5432/handset
  handset copy --from postgres://handset@db.example.com:5432/handset --to sqlite:./copy`,
    )
    .action(async ({ from, to, json }: CopyOptions, command: Command) => {
      const [source, target] = [readPlace('--from', from, command), readPlace('--to', to, command)]
      if (isSame(source, target)) command.error('error: --from and --to are the same store')
      const result = await copy(source, target)
      print(json, result, describe(result))
      if (result.differing.length > 0) {
        throw new SetupError(
          `The stores differ in ${result.differing.join(', ')}: something wrote to one of them. Stop it, empty the target and copy again`,
        )
      }
    })
}

interface CopyResult {
  from: string
  to: string
  /** Rows copied by this run. `rows` is the total. */
  copied: number
  rows: number
  seconds: { copying: number; checking: number }
  tables: Record<string, { from: TableDigest; to: TableDigest }>
  differing: string[]
}

async function copy(from: StorePlace, to: StorePlace): Promise<CopyResult> {
  for (const place of [from, to]) await requirePooler(place)
  using interruption = catchInterrupt()
  const source = await openSource(from)
  try {
    // Check this before opening the target, because opening creates a SQLite file.
    await requireCurrentSchema(source)
    const db = await openPatiently(to)
    try {
      const { missing, total, copyRows, compare } = await prepareCopy(source, { ...sideOf(to), db })
      const copying = await follow(missing, copyRows, interruption.signal)
      const checking = await follow(2 * total, compare, interruption.signal)
      const tables = checking.result
      const differing = Object.keys(tables).filter((name) => tables[name]?.from.digest !== tables[name]?.to.digest)
      const seconds = { copying: copying.seconds, checking: checking.seconds }
      return { from: nameOf(from), to: nameOf(to), copied: missing, rows: total, seconds, tables, differing }
    } finally {
      await db.close()
    }
  } catch (error) {
    throw inOneLine(error)
  } finally {
    await source.db.close()
  }
}

/** Runs work on a number of rows, showing progress, until it is done or the signal aborts. */
async function follow<T>(
  rows: number,
  work: (onRows: (count: number) => void) => Promise<T>,
  signal: AbortSignal,
): Promise<{ result: T; seconds: number }> {
  const start = performance.now()
  const progress = createProgress()
  let done = 0
  try {
    const result = await work((more) => {
      done += more
      progress.update(done, rows === 0 ? 1 : Math.min(1, done / rows))
      if (signal.aborted) throw new SetupError('The copy was interrupted. Run the same command again to continue')
    })
    return { result, seconds: Math.round(performance.now() - start) / 1000 }
  } finally {
    progress.end()
  }
}

async function openSource(place: StorePlace): Promise<Side<Pick<Queries, 'all' | 'get'> & { close(): unknown }>> {
  const db = place.databaseUrl === undefined ? readSqlite(place.databaseFile) : await openPatiently(place)
  return { ...sideOf(place), db }
}

function sideOf(place: StorePlace): Pick<Side<unknown>, 'engine' | 'name'> {
  return { engine: place.databaseUrl === undefined ? 'sqlite' : 'postgres', name: nameOf(place) }
}

/** Reads the store that an option names. The message does not repeat an invalid one: it may contain a password. */
function readPlace(option: string, text: string, command: Command): StorePlace {
  const [, data] = /^sqlite:(?!\/\/[^/])(.+)$/.exec(text) ?? []
  if (data !== undefined) return loadConfig({}, { data })
  const { HANDSET_PREPARED_STATEMENTS } = processEnvironment
  if (/^postgres(ql)?:\/\//.test(text)) return loadConfig({ DATABASE_URL: text, HANDSET_PREPARED_STATEMENTS })
  return command.error(`error: ${option} must be sqlite:DIRECTORY or postgres://user@host:5432/database`)
}

function isSame(one: StorePlace, other: StorePlace): boolean {
  if (one.databaseUrl !== undefined || other.databaseUrl !== undefined) return one.databaseUrl === other.databaseUrl
  return resolve(one.databaseFile) === resolve(other.databaseFile)
}

function describe({ from, to, copied, rows, seconds, tables, differing }: CopyResult): string {
  const lines = Object.entries(tables)
    .sort()
    .map(([name, sides]) => [
      name.replaceAll('_', ' '),
      count(sides.from.rows),
      count(sides.to.rows),
      differing.includes(name) ? 'DIFFERS' : `equal, sha256 ${sides.to.digest.slice(0, 16)}…`,
    ])
  return [
    `Copied ${count(copied)} of ${count(rows)} rows from ${from} to ${to} in ${seconds.copying} s, and compared all rows in ${seconds.checking} s.`,
    table(['ROWS', 'FROM', 'TO', ''], lines),
  ].join('\n')
}
