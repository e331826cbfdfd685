import { setFlagsFromString } from 'node:v8'
import { Command, InvalidArgumentError, Option } from 'commander'
import { FORMATS, type FormatName, readRows } from '../catalogue/formats/rows.ts'
import { MAX_DAMAGE } from '../catalogue/import/damage.ts'
import { type Imported, importCatalogue } from '../catalogue/import/import.ts'
import type { ImportSummary } from '../catalogue/import/stager.ts'
import { isPublicList } from '../catalogue/lists.ts'
import type { Context } from '../context.ts'
import { ENCODINGS, type Encoding } from '../domain/csv/decode.ts'
import { SetupError } from '../errors.ts'
import { agreesTo, openPublicList } from './catalogue-lists.ts'
import { type Input, openInput } from './input.ts'
import { catchInterrupt } from './interruption.ts'
import { readText } from './options.ts'
import { count, print, table } from './print.ts'
import { createProgress } from './progress.ts'
import { openRejects } from './rejects.ts'
import { withContext, withNewContext } from './with-context.ts'

interface ImportOptions {
  from?: string
  yes?: boolean
  format?: FormatName
  rejects?: string
  force?: boolean
  encoding?: Encoding
  maxDamage: number
  dryRun?: boolean
  json?: boolean
}

/** In an ordinary month, 1,000 to 1,650 TACs of the GSMA's file change. More changes than this cause a warning. */
const MANY_CHANGES = 5_000

const FORMATS_HELP = `
Formats, detected from the file, gzipped or not. It is UTF-8, UTF-16 with a byte order mark, or in the given --encoding:
  gsma       the GSMA's device database as licensees receive it, in any of its versions: commas, | or tabs
  osmocom    the CSV of the Osmocom TAC database, unchanged
  samloader  the list of TACs and Samsung model codes that tools of the samloader family use
  csv        a header with tac,brand,name and optionally type,simTypes; then rows such as
             35000000,Example,Phone 5,smartphone,eSIM+pSIM
  ndjson     one object per line: {"tac":"35000000","brand":"Example","name":"Phone 5","simTypes":["eSIM"]}`

/** `handset catalogue import` */
export function importCommand(): Command {
  return addFileOptions(new Command('import'))
    .description(
      'Import a TAC database into the catalogue, completely or not at all. A running server uses it at once.',
    )
    .option('--dry-run', 'only show what the import would do')
    .addHelpText(
      'after',
      `${FORMATS_HELP}

If you interrupt it with Ctrl-C, it changes nothing.

Examples:
  handset catalogue import osmocom
  handset catalogue import tacdb.csv
  handset catalogue import DeviceDatabase.csv.gz --dry-run
  xz -dc tacs.csv.xz | handset catalogue import - --format csv`,
    )
    .action(runImport)
}

/** `handset catalogue diff` */
export function diffCommand(): Command {
  return addFileOptions(new Command('diff'))
    .description('Show what importing a TAC database would change, without changing anything.')
    .addHelpText('after', `${FORMATS_HELP}\n\nExample:\n  handset catalogue diff DeviceDatabase.csv`)
    .action((file: string, options: ImportOptions, command: Command) =>
      runImport(file, { ...options, dryRun: true }, command),
    )
}

function addFileOptions(command: Command): Command {
  return command
    .argument('<file>', 'a path, - for standard input, an http(s) URL, or a public list by name: osmocom or samloader')
    .option('--yes', 'accept the licence of a public list without being asked')
    .option('--from <place>', 'another URL or path of a public list, such as a mirror', readText)
    .addOption(new Option('--format <format>', 'the format of the file (default: detected)').choices([...FORMATS]))
    .addOption(
      new Option(
        '--encoding <encoding>',
        'the encoding of the file (default: by its byte order mark, or utf-8)',
      ).choices([...ENCODINGS]),
    )
    .option('--rejects <file>', 'where to write the rows that are rejected (default: NAME.rejects.csv here)')
    .option('--force', 'overwrite the file of rejected rows')
    .option('--max-damage <percent>', 'the maximum share of rows that look damaged', readPercent, MAX_DAMAGE)
    .option('--json', 'print the result as JSON')
}

function readPercent(text: string): number {
  const number = Number(text)
  if (/^[0-9.]+$/.test(text) && number <= 100) return number
  throw new InvalidArgumentError('It must be a number from 0 to 100.')
}

async function runImport(file: string, options: ImportOptions, command: Command): Promise<void> {
  const { from, yes = false } = options
  const list = isPublicList(file) ? file : undefined
  if (list === undefined && from !== undefined)
    throw new SetupError('--from is for a public list: osmocom or samloader')
  if (list !== undefined && !(await agreesTo(list, from, yes))) return
  // Rows become garbage at once. V8 would otherwise let a hundred MiB pile up before it collects them.
  setFlagsFromString('--memory-saver-mode')
  await (options.dryRun ? withContext : withNewContext)(command, async (context) => {
    const input = await (list === undefined ? openInput(file) : openPublicList(list, from))
    const result = await importFile(context, input, { ...(list && { format: list }), ...options, file: from ?? file })
    print(options.json, result, describe(result))
  })
}

interface ImportResult extends ImportSummary, Omit<Imported, 'summary'> {
  format: FormatName
  /** Lines read, including the header and any lines before it. */
  lines: number
  seconds: number
  dryRun: boolean
  rejectsFile: string | null
}

async function importFile(
  context: Context,
  { stream, name, size }: Input,
  { file, ...options }: ImportOptions & { file: string },
): Promise<ImportResult> {
  const { dryRun = false, force = false, maxDamage } = options
  const start = performance.now()
  const { format, rows, rejects: written, progress: read } = await readRows(stream, options)
  using interruption = catchInterrupt(stream)
  const rejects = openRejects({
    path: options.rejects,
    fallback: `${name}.rejects.${written.extension}`,
    header: written.header,
    input: file,
    force,
  })
  const progress = createProgress()
  try {
    const { summary, ...details } = await importCatalogue(context, rows, {
      source: format,
      onReject: (row, reason) => rejects.write(written.toReject(row, reason)),
      onProgress: (soFar) =>
        progress.update(soFar.rows, size === undefined ? undefined : Math.min(1, read().bytes / size)),
      signal: interruption.signal,
      maxDamage,
      dryRun,
    })
    const rejectsFile = rejects.close()
    const seconds = Math.round(performance.now() - start) / 1000
    return { format, lines: read().lines, ...summary, ...details, seconds, dryRun, rejectsFile }
  } finally {
    progress.end()
    rejects.close()
    stream.destroy()
  }
}

function describe(result: ImportResult): string {
  const { format, lines, rows, seconds, dryRun, rejectsFile, models, brands, damage, conflicts, ...counts } = result
  const kinds = ['added', 'changed', 'unchanged', 'outranked', 'rejected'] as const
  const damaged = damage.repeated + damage.cut + damage.quotes
  return [
    `Read ${count(rows)} rows from ${count(lines)} lines of ${format} in ${seconds} s.${dryRun ? ' Nothing was changed; an import would give:' : ''}`,
    table(
      ['', ''],
      [
        ...kinds.map((kind) => [`TACs ${kind}`, count(counts[kind])]),
        ['New models', count(models)],
        ['Brands as written, normalised', `${count(brands.before)}, ${count(brands.after)}`],
        ['TACs in conflict with another source', count(conflicts.tacs)],
        ...(damaged === 0
          ? []
          : [
              [
                'Damaged rows',
                `${count(damage.repeated)} repeat a TAC, ${count(damage.cut)} are truncated, ${count(damage.quotes)} have broken quotes`,
              ],
            ]),
      ],
    ).trimStart(),
    ...(counts.changed > MANY_CHANGES
      ? [`Warning: ${count(counts.changed)} TACs change, far more than in an ordinary month. Is this the right file?`]
      : []),
    ...(counts.outranked > 0 ? ['Outranked TACs keep what a higher-ranked source says about them.'] : []),
    ...(dryRun ? describeExamples(result) : []),
    ...conflicts.examples.map(
      ({ tac, catalogue, source, file, kept }) =>
        `Conflict: ${tac} is ${catalogue} according to ${source}, ${file} according to this file; ${kept ? 'kept' : 'corrected'}`,
    ),
    ...(rejectsFile === null ? [] : [`Rejected rows, with line number and reason: ${rejectsFile}`]),
  ].join('\n')
}

function describeExamples({ examples }: ImportResult): string[] {
  return [
    ...(examples.added ?? []).map(({ tac, after }) => `  + ${tac} ${after}`),
    ...(examples.changed ?? []).map(({ tac, before, after }) => `  ~ ${tac} ${before} → ${after}`),
  ]
}
