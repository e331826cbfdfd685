import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { Command, Option } from 'commander'
import type { Kind } from '../bulk/kinds.ts'
import type { ExportFormat } from '../contract/export.ts'
import { SetupError } from '../errors.ts'
import { requireProject } from '../resources/projects/projects.ts'
import { withContext } from './with-context.ts'

interface ExportOptions {
  project: string
  format: ExportFormat
  output?: string
}

/** `handset devices|sims|users export` */
export function exportCommand(name: Kind['name'], what: string): Command {
  return new Command('export')
    .description(`Write all ${what} of a project, as they are at one moment, in the form that an import reads.`)
    .requiredOption('--project <id>', 'the project')
    .addOption(new Option('--format <format>', 'how it is written').choices(['csv', 'ndjson']).default('csv'))
    .option('--output <file>', 'where to write it (default: standard output)')
    .addHelpText(
      'after',
      `
NDJSON is exact. In CSV a text that a spreadsheet would take for a formula, and the empty text, has an apostrophe before
it, which an import takes off again.

Example:
  handset ${name} export --project acme --output ${name}.csv`,
    )
    .action(({ project: id, format, output }: ExportOptions, command: Command) =>
      withContext(command, async (registry) => {
        const project = await requireProject(registry, id)
        const [{ exportFleet }, kinds] = await Promise.all([import('../bulk/export.ts'), import('../bulk/kinds.ts')])
        const out = output === undefined ? process.stdout : createWriteStream(output)
        try {
          const caller = { project, tokenId: '', userId: null }
          await exportFleet(registry.db, caller, kinds[name], format, writeTo(out))
          if (output !== undefined) await finished(out.end())
        } catch (error) {
          const { code, message } = error as NodeJS.ErrnoException
          if (code === undefined) throw error
          // Whoever reads has seen enough, as `head` does.
          if (code !== 'EPIPE') throw new SetupError(`Cannot write the export: ${message}`)
        }
      }),
    )
}

/** Writes to a stream, no faster than it takes; throws its error. */
function writeTo(out: Writable): (text: string) => Promise<void> {
  let failure: Error | undefined
  out.on('error', (error) => {
    failure = error
  })
  return async (text) => {
    if (!out.write(text) && failure === undefined) await once(out, 'drain')
    if (failure !== undefined) throw failure
  }
}
