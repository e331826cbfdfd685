import { closeSync, openSync, writeSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { Row } from '../catalogue/entry.ts'
import { type ImportSummary, importCatalogue } from '../catalogue/import.ts'
import { type Input, openInput } from '../catalogue/input.ts'
import { FORMATS, type FormatName, readRows } from '../catalogue/rows.ts'
import { countCatalogue, lookUpTac } from '../catalogue/store.ts'
import { imeiProblem, tacOf } from '../domain/imei.ts'
import { SetupError } from '../errors.ts'
import type { Registry } from '../resources/registry.ts'
import { count, print, table } from './print.ts'
import { createProgress } from './progress.ts'
import { withRegistry } from './with-registry.ts'

interface ImportOptions {
  format?: FormatName
  rejects?: string
  json?: boolean
}

/** `handset catalogue import|lookup|stats` */
export function catalogueCommand(): Command {
  const catalogue = new Command('catalogue').description('Load TAC databases and ask what a TAC is.')

  catalogue
    .command('import')
    .description('Take a TAC database into the catalogue. A running server answers from it at once.')
    .argument('<file>', 'a path, - for standard input, or an http(s) URL')
    .addOption(
      new Option('--format <format>', 'how it is written (default: told by its header)').choices(Object.keys(FORMATS)),
    )
    .option('--rejects <file>', 'where to write the rows that were not taken (default: NAME.rejects.csv here)')
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      `
Formats:
  osmocom  the CSV of the Osmocom TAC database, as it is
  csv      a header with tac,brand,name and where known type,simTypes; then rows such as
           35000000,Example,Phone 5,smartphone,eSIM+pSIM

Interrupted with Ctrl-C it keeps what it has taken; run again, it goes on.

Examples:
  handset catalogue import tacdb.csv
  xz -dc tacs.csv.xz | handset catalogue import - --format csv`,
    )
    .action((file: string, options: ImportOptions, command: Command) =>
      withRegistry(command, async (registry) => {
        const result = await importFile(registry, await openInput(file), options)
        print(options.json, result, describe(result))
        if (result.interrupted) throw new SetupError('The import was interrupted. Run it again to take the rest.')
      }),
    )

  catalogue
    .command('lookup')
    .description('Say which model an IMEI belongs to.')
    .argument('<imei>', 'an IMEI or IMEISV')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset catalogue lookup 492388841798923')
    .action((imei: string, { json }: { json?: boolean }, command: Command) => {
      const problem = imeiProblem(imei, 'imei', 'unchecked')
      if (problem !== null) throw new SetupError(`${problem.message.replaceAll('`', '')}. ${problem.hint}`)
      return withRegistry(command, async (registry) => {
        const found = await lookUp(registry, imei)
        if (found === undefined) throw new SetupError(`The catalogue does not know TAC ${tacOf(imei)}`)
        const { tac, brand, name, type, simTypes, source } = found
        const takes = simTypes.length > 0 ? simTypes.join(', ') : 'unknown'
        const rows = [
          ['TAC', tac],
          ['Brand', brand],
          ['Name', name],
          ['Type', type],
          ['SIM types', takes],
          ['Source', source],
        ]
        print(json, found, rows.map(([heading = '', value]) => `${heading.padEnd(11)}${value}`).join('\n'))
      })
    })

  catalogue
    .command('stats')
    .description('Say how much the catalogue holds.')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset catalogue stats')
    .action(({ json }: { json?: boolean }, command: Command) =>
      withRegistry(command, async (registry) => {
        const stats = await countCatalogue(registry.db)
        const tacs = stats.sources.reduce((sum, source) => sum + source.tacs, 0)
        const rows = [
          ['TACs', count(tacs)],
          ...stats.sources.map(({ source, tacs: own }) => [`  ${source}`, count(own)]),
          ['Models', count(stats.models)],
          ['  with SIM types', count(stats.modelsWithSimTypes)],
          ['Brands', count(stats.brands)],
        ]
        print(json, { tacs, ...stats }, table(['', ''], rows).trimStart())
      }),
    )

  return catalogue
}

interface ImportResult extends ImportSummary {
  format: FormatName
  /** Lines read, the header and what stood before it included. */
  lines: number
  seconds: number
  interrupted: boolean
  rejectsFile: string | null
}

async function importFile(registry: Registry, input: Input, options: ImportOptions): Promise<ImportResult> {
  const { stream, name, size } = input
  const start = performance.now()
  let bytes = 0
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  const { format, rows, lines } = await readRows(stream, options.format)
  const rejects = createRejects(options.rejects ?? `${name}.rejects.csv`)
  const progress = createProgress()
  const interruption = new AbortController()
  const interrupt = () => {
    interruption.abort()
    stream.destroy(new Error('interrupted'))
  }
  process.once('SIGINT', interrupt)
  try {
    const summary = await importCatalogue(registry, rows, {
      source: format,
      onReject: rejects.write,
      onProgress: (soFar) => progress.update(soFar.rows, size === undefined ? undefined : Math.min(1, bytes / size)),
      signal: interruption.signal,
    })
    const rejectsFile = rejects.close()
    const seconds = Math.round(performance.now() - start) / 1000
    return { format, lines: lines(), ...summary, seconds, interrupted: interruption.signal.aborted, rejectsFile }
  } finally {
    progress.end()
    process.off('SIGINT', interrupt)
    stream.destroy()
  }
}

function describe({ format, lines, rows, seconds, rejectsFile, ...counts }: ImportResult): string {
  const kinds = ['added', 'changed', 'unchanged', 'outranked', 'rejected'] as const
  return [
    `Read ${count(rows)} rows from ${count(lines)} lines of ${format} in ${seconds} s.`,
    table(
      ['', ''],
      kinds.map((kind) => [`TACs ${kind}`, count(counts[kind])]),
    ).trimStart(),
    ...(counts.outranked > 0 ? ['Outranked TACs keep the model that a better source gave them.'] : []),
    ...(rejectsFile === null ? [] : [`Rejected rows, with line number and reason: ${rejectsFile}`]),
  ].join('\n')
}

/** A CSV of the rows that were not taken; made only when there is one. */
function createRejects(path: string) {
  let file: number | undefined
  return {
    write({ line, text }: Row, reason: string): void {
      try {
        if (file === undefined) {
          file = openSync(path, 'w')
          writeSync(file, 'line,reason,row\n')
        }
        writeSync(file, `${line},${quote(reason)},${quote(text)}\n`)
      } catch (error) {
        const { message } = error as Error
        throw new SetupError(`Cannot write the rejected rows: ${message}. Choose another place with --rejects.`)
      }
    },
    /** Gives the file's path, or null when nothing was rejected. */
    close(): string | null {
      if (file === undefined) return null
      closeSync(file)
      return path
    },
  }
}

/** A CSV field, always quoted (RFC 4180 §2). */
function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

async function lookUp({ db }: Registry, imei: string) {
  const tac = tacOf(imei)
  const row = await lookUpTac(db, tac)
  if (row === undefined) return undefined
  const { id, brand, name, type, sim_types, source } = row
  return { tac, model: id, brand, name, type, simTypes: JSON.parse(sim_types) as string[], source }
}
