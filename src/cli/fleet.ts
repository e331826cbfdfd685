import { resolve } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Command } from 'commander'
import type { FleetSummary } from '../bulk/import.ts'
import type { FleetBatch } from '../bulk/input.ts'
import type { Kind } from '../bulk/kinds.ts'
import type { Registry } from '../context.ts'
import { checkDigit } from '../domain/imei.ts'
import { SetupError } from '../errors.ts'
import { requireProject } from '../resources/projects/projects.ts'
import { type Input, openInput } from './input.ts'
import { count, print, table } from './print.ts'
import { createProgress } from './progress.ts'
import { createRejects } from './rejects.ts'
import { withContext } from './with-context.ts'

interface ImportOptions {
  project: string
  dryRun?: boolean
  update?: boolean
  recomputeCheckDigit?: boolean
  rejects?: string
  json?: boolean
}

interface ImportResult extends FleetSummary {
  project: string
  format: 'csv' | 'ndjson'
  dryRun: boolean
  seconds: number
  interrupted: boolean
  rejectsFile: string | null
}

const FILES = `
The file, in UTF-8, tells by itself whether it is CSV (comma, semicolon or tab; the first line names the columns) or
NDJSON (an object a line), gzipped or not. In CSV an empty cell means none (of metadata, it says nothing); leave a column
out to say nothing of it. A cell that begins with an apostrophe and what a spreadsheet takes for a formula (= + - @) loses
the apostrophe.

Rows that are there already are recognised: those that hold all that their row says are unchanged. Those that differ are
rejected, or with --update changed as a PATCH would. Interrupted with Ctrl-C the import ends behind the rows in hand; run
again, it goes on. Rejected rows are written, with line and reason, to a file that can be mended and imported itself.

Exit codes: 0 all rows are there, 1 some were rejected or the import broke off, 2 wrong usage.`

/** `handset devices|sims|users import FILE` */
export function importCommand(
  name: Kind['name'],
  { columns, example, takesImeis }: { columns: string; example: string; takesImeis: boolean },
): Command {
  const command = new Command('import')
    .description(`Take ${name} into a project, from CSV or NDJSON. A server may run beside it.`)
    .argument('<file>', 'a path, - for standard input, or an http(s) URL')
    .requiredOption('--project <id>', 'the project')
    .option('--dry-run', 'judge every row as the import would, and change nothing')
    .option('--update', 'change what is there and differs')
    .option(
      '--rejects <file>',
      'where to write the rows that were not taken (default: NAME.rejects.csv or .ndjson here)',
    )
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', `\nColumns, or properties:\n${columns}\n${FILES}\n\nExamples:\n${example}`)
  if (takesImeis) {
    command.option(
      '--recompute-check-digit',
      'compute the last digit of IMEIs that come from network records, with 14 digits or a spare one',
    )
  }
  return command.action((file: string, options: ImportOptions, self: Command) => {
    // A batch is garbage behind its commit, of which V8 would otherwise let two more lie before it looks for them.
    setFlagsFromString('--semi-space-growth-factor=1')
    setFlagsFromString('--heap-growing-percent=40')
    return withContext(self, async (registry) => {
      const result = await importFile(registry, name, await openInput(file), file, options)
      print(options.json, result, describe(name, result))
      if (result.interrupted) throw new SetupError('The import was interrupted. Run it again to take the rest.')
      if (result.rejected > 0) throw new SetupError(`${count(result.rejected)} of ${count(result.rows)} rows rejected`)
    })
  })
}

async function importFile(
  registry: Registry,
  name: Kind['name'],
  { stream, name: fileName, size }: Input,
  file: string,
  options: ImportOptions,
): Promise<ImportResult> {
  const start = performance.now()
  const { dryRun = false, update = false, recomputeCheckDigit = false } = options
  const project = await requireProject(registry, options.project)
  // Loaded here alone: the other commands start faster without the schemas and their compiler.
  const [kinds, { createRehearsal, createTaker }, { importFleet }, { readFleet }] = await Promise.all([
    import('../bulk/kinds.ts'),
    import('../bulk/batch.ts'),
    import('../bulk/import.ts'),
    import('../bulk/input.ts'),
  ])
  const kind = kinds[name] as Kind
  const caller = { project, tokenId: '', userId: null }
  const take = (dryRun ? createRehearsal : createTaker)(registry, caller, kind, { update })
  let bytes = 0
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const piece of stream) {
      bytes += piece.length
      yield piece
    }
  }
  const interruption = new AbortController()
  const interrupt = () => {
    interruption.abort()
    stream.destroy(new Error('interrupted'))
  }
  const progress = createProgress()
  process.once('SIGINT', interrupt)
  try {
    const { format, rejectsHeader, batches } = await readFleet(counted(), kind)
    const rejectsPath = options.rejects ?? `${fileName}.rejects.${format}`
    if (resolve(rejectsPath) === resolve(file))
      throw new SetupError('The rejects cannot be written over the file itself')
    const rejects = createRejects(rejectsPath, rejectsHeader)
    const summary = await importFleet(recomputeCheckDigit ? recomputed(batches) : batches, take, {
      onReject: rejects.write,
      onProgress: ({ rows }) => progress.update(rows, size === undefined ? undefined : Math.min(1, bytes / size)),
      signal: interruption.signal,
    })
    const rejectsFile = rejects.close()
    const seconds = Math.round(performance.now() - start) / 1000
    const interrupted = interruption.signal.aborted
    return { project: project.id, format, dryRun, ...summary, seconds, interrupted, rejectsFile }
  } finally {
    progress.end()
    process.off('SIGINT', interrupt)
    stream.destroy()
  }
}

/** The rows, their IMEIs with the check digit that fits: the network keeps none (3GPP TS 23.003 §6.2.1). */
async function* recomputed(batches: AsyncIterable<FleetBatch>): AsyncGenerator<FleetBatch> {
  for await (const batch of batches) {
    for (const { value } of batch.lines) {
      const row = (value ?? {}) as { imei?: unknown }
      if (typeof row.imei !== 'string' || !/^[0-9]{14,16}$/.test(row.imei)) continue
      row.imei = row.imei.slice(0, 14) + checkDigit(row.imei)
    }
    yield batch
  }
}

function describe(name: Kind['name'], result: ImportResult): string {
  const { rows, seconds, project, format, dryRun, rejectsFile } = result
  const rate = seconds > 0 ? `, ${count(Math.round(rows / seconds))} a second` : ''
  const kinds = ['created', 'updated', 'unchanged', 'rejected'] as const
  return [
    `Read ${count(rows)} rows of ${format} in ${seconds} s${rate}.`,
    table(
      ['', ''],
      kinds.map((kind) => [`${name} ${kind}`, count(result[kind])]),
    ).trimStart(),
    dryRun ? `A dry run: nothing in ${project} has changed.` : '',
    rejectsFile === null ? '' : `Rejected rows, with line and reason, to be mended and imported: ${rejectsFile}`,
  ]
    .filter((line) => line !== '')
    .join('\n')
}
