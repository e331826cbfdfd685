import { setFlagsFromString } from 'node:v8'
import { Command, Option } from 'commander'
import type { Importer, InputLine } from '../bulk/importer.ts'
import type { Input } from '../bulk/input.ts'
import type { Kind } from '../bulk/kind.ts'
import type { Summary } from '../bulk/outcome.ts'
import { systemCaller } from '../caller.ts'
import type { Context } from '../context.ts'
import { ENCODINGS, type Encoding } from '../domain/csv/decode.ts'
import { checkDigit } from '../domain/imei.ts'
import { ApiError, SetupError } from '../errors.ts'
import { requireProject } from '../resources/projects/projects.ts'
import { type Input as File, openInput } from './input.ts'
import { catchInterrupt } from './interruption.ts'
import { count, print, table } from './print.ts'
import { createProgress } from './progress.ts'
import { openRejects } from './rejects.ts'
import { withContext } from './with-context.ts'

/** What can be imported, for the command line. */
export interface Importable {
  /** In the plural: `devices`. */
  name: string
  /** Loads the kind. Other commands start faster without its schemas and their compiler. */
  load: () => Promise<Kind>
  /** The help text about its columns. */
  columns: string
  example: string
  hasImeis?: boolean
}

interface ImportOptions {
  project: string
  dryRun?: boolean
  update?: boolean
  events: boolean
  encoding?: Encoding
  recomputeCheckDigit?: boolean
  rejects?: string
  force?: boolean
  json?: boolean
}

interface ImportResult extends Summary {
  project: string
  format: 'csv' | 'ndjson'
  dryRun: boolean
  seconds: number
  interrupted: boolean
  rejectsFile: string | null
}

const FILES = `
The file is CSV (comma, semicolon or tab; the first line names the columns) or NDJSON (one object per line), gzipped or
not; the command detects which. CSV is UTF-8, UTF-16 with a byte order mark, or in the given --encoding. In CSV, an empty
cell means null (in metadata, it is ignored); leave a column out to change nothing. Every column is used, or the file is
rejected. docs/fleets.md says how cells are read.

Existing objects are recognised. A row with the same values as the stored object is unchanged. One that differs is
rejected or, with --update, changes the object, as a PATCH would. Ctrl-C stops the import after the current batch; run it
again to continue. Rejected rows are written, with line and reason, to a file that can be corrected and imported.

Exit codes: 0 all rows are stored, 1 some were rejected or the import ended early, 2 wrong usage.`

/** `handset devices|sims|users import FILE` */
export function importCommand(importable: Importable): Command {
  const { name, columns, example, hasImeis = false } = importable
  const command = new Command('import')
    .description(`Import ${name} into a project, from CSV or NDJSON. A server can be running.`)
    .argument('<file>', 'a path, - for standard input, or an http(s) URL')
    .requiredOption('--project <id>', 'the project')
    .option('--dry-run', 'only show what the import would do')
    .option('--update', 'update stored objects that differ from their row')
    .option('--no-events', 'write no events for created objects, so webhooks do not report them either')
    .addOption(
      new Option('--encoding <encoding>', 'the encoding of CSV (default: by its byte order mark, or utf-8)').choices([
        ...ENCODINGS,
      ]),
    )
    .option('--rejects <file>', 'where to write rejected rows (default: NAME.rejects.csv or .ndjson here)')
    .option('--force', 'overwrite the file of rejected rows')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', `\nColumns, or properties:\n${columns}\n${FILES}\n\nExamples:\n${example}`)
  if (hasImeis) {
    command.option(
      '--recompute-check-digit',
      'compute the last digit of IMEIs that come from network records, with 14 digits or a spare digit',
    )
  }
  return command.action((file: string, options: ImportOptions, self: Command) => {
    limitGarbage()
    return withContext(self, async (context) => {
      const result = await importFile(context, importable, file, options)
      print(options.json, result, describe(name, result))
      if (result.interrupted) throw new SetupError('The import was interrupted. Run it again to import the rest.')
      if (result.rejected > 0) throw new SetupError(`${count(result.rejected)} of ${count(result.rows)} rows rejected`)
    })
  })
}

/** A batch is garbage after its commit. V8 would let two more pile up before it collects them. */
function limitGarbage(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--heap-growing-percent=40')
}

async function importFile(
  context: Context,
  { load }: Importable,
  path: string,
  options: ImportOptions,
): Promise<ImportResult> {
  const start = performance.now()
  const { dryRun = false, update = false, events, force = false, encoding } = options
  const project = await requireProject(context, options.project)
  const file = await openInput(path)
  const [kind, { createDryRun }, { createImporter }, { readInput }] = await Promise.all([
    load(),
    import('../bulk/dry-run.ts'),
    import('../bulk/importer.ts'),
    import('../bulk/input.ts'),
  ])
  const caller = systemCaller(project)
  const importer = (dryRun ? createDryRun : createImporter)(context, caller, kind, { update, events })
  const { pieces, share } = countPieces(file)
  try {
    const input = await withHints(
      readInput(pieces(), kind.table, { encoding, optionFor: (encoding) => `--encoding ${encoding}` }),
    )
    using interruption = catchInterrupt(file.stream)
    const rejects = openRejects({
      path: options.rejects,
      fallback: `${file.name}.rejects.${input.format}`,
      header: input.rejectsHeader,
      input: path,
      force,
    })
    const rows = options.recomputeCheckDigit ? withCheckDigits(input.rows) : input.rows
    const { signal } = interruption
    const running = importRows({ ...input, rows }, importer, { onReject: rejects.write, share, signal })
    const { summary, interrupted } = await running.finally(rejects.close)
    const rejectsFile = rejects.close()
    const seconds = Math.round(performance.now() - start) / 1000
    return { project: project.id, format: input.format, dryRun, ...summary, seconds, interrupted, rejectsFile }
  } finally {
    file.stream.destroy()
  }
}

/** Imports rows until they end or the signal aborts, and shows progress. */
async function importRows(
  input: Pick<Input, 'rows' | 'toReject'>,
  importer: Importer,
  options: { onReject: (row: string) => void; share: () => number | undefined; signal: AbortSignal },
): Promise<{ summary: Summary; interrupted: boolean }> {
  const { importAll } = await import('../bulk/import.ts')
  const { onReject, share, signal } = options
  const progress = createProgress()
  try {
    const onProgress = ({ rows }: Summary) => progress.update(rows, share())
    const summary = await withHints(importAll(input, importer, { onReject, onProgress, signal }))
    return { summary, interrupted: signal.aborted }
  } finally {
    progress.end()
  }
}

/** The bytes of a file, and the share of them that was read, if its size is known. */
function countPieces({ stream, size }: File) {
  let bytes = 0
  return {
    async *pieces(): AsyncGenerator<Buffer> {
      try {
        for await (const piece of stream) {
          bytes += piece.length
          yield piece
        }
      } catch (error) {
        const { message, cause } = error as Error
        const reason = cause instanceof Error ? cause.message : message
        throw new SetupError(`The file could not be read to its end: ${reason}`, { cause: error })
      }
    },
    share: () => (size === undefined ? undefined : Math.min(1, bytes / size)),
  }
}

/** Awaits a promise. If it rejects because of the input, the error says in one line how to correct the input. */
async function withHints<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof ApiError) || error.hint === undefined) throw error
    const message = /[.?!]$/.test(error.message) ? error.message : `${error.message}.`
    throw new SetupError(`${message} ${error.hint}`, { cause: error })
  }
}

/** Gives each IMEI the correct check digit, which network records do not contain (3GPP TS 23.003 §6.2.1). */
async function* withCheckDigits(rows: AsyncIterable<InputLine[]>): AsyncGenerator<InputLine[]> {
  for await (const lines of rows) {
    for (const { value } of lines) {
      const row = (value ?? {}) as { imei?: unknown }
      if (typeof row.imei !== 'string' || !/^[0-9]{14,16}$/.test(row.imei)) continue
      row.imei = row.imei.slice(0, 14) + checkDigit(row.imei)
    }
    yield lines
  }
}

function describe(name: string, result: ImportResult): string {
  const { rows, seconds, project, format, dryRun, rejectsFile } = result
  const rate = seconds > 0 ? `, ${count(Math.round(rows / seconds))} a second` : ''
  const kinds = ['created', 'updated', 'unchanged', 'rejected'] as const
  return [
    `Read ${count(rows)} rows of ${format} in ${seconds} s${rate}.`,
    table(
      ['', ''],
      kinds.map((kind) => [`${name} ${kind}`, count(result[kind])]),
    ).trimStart(),
    dryRun ? `This was a dry run: nothing in ${project} has changed.` : '',
    rejectsFile === null ? '' : `Rejected rows, with line and reason, to correct and import: ${rejectsFile}`,
  ]
    .filter((line) => line !== '')
    .join('\n')
}
