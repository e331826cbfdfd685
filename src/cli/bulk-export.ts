import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { Command, Option } from 'commander'
import type { Kind } from '../bulk/kind.ts'
import { systemCaller } from '../caller.ts'
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
export function exportCommand(name: string, load: () => Promise<Kind>): Command {
  return new Command('export')
    .description(`Export all ${name} of a project as a consistent snapshot, in a form that an import reads.`)
    .requiredOption('--project <id>', 'the project')
    .addOption(new Option('--format <format>', 'the format of the export').choices(['csv', 'ndjson']).default('csv'))
    .option('--output <file>', 'where to write it (default: standard output)')
    .addHelpText(
      'after',
      `
NDJSON is exact. In CSV, an apostrophe precedes text that a spreadsheet would run as a formula, and empty text; an import
removes it. CSV starts with a byte order mark, by which spreadsheets recognise UTF-8. An export that fails leaves no file.

Example:
  handset ${name} export --project acme --output ${name}.csv`,
    )
    .action(({ project: id, format, output }: ExportOptions, command: Command) =>
      withContext(command, async (context) => {
        const project = await requireProject(context, id)
        const [{ exportAll }, kind] = await Promise.all([import('../bulk/export.ts'), load()])
        const caller = systemCaller(project)
        const exportTo = (out: Writable) => exportAll(context.db, caller, kind, format, writeTo(out))
        try {
          if (output === undefined) await exportTo(process.stdout)
          else await writeWhole(output, exportTo)
        } catch (error) {
          const { code, message } = error as NodeJS.ErrnoException
          if (code === undefined) throw error
          // The reader closed the pipe, as `head` does.
          if (code !== 'EPIPE') throw new SetupError(`Cannot write the export: ${message}`)
        }
      }),
    )
}

/** Writes to a temporary file, and renames it when it is complete. Anything but a regular file is written directly. */
async function writeWhole(path: string, write: (out: Writable) => Promise<void>): Promise<void> {
  const existing = await stat(path).catch(() => undefined)
  const isRegular = existing === undefined || existing.isFile()
  const part = isRegular ? `${path}.${process.pid}.part` : path
  const out = createWriteStream(part)
  try {
    await write(out)
    await finished(out.end())
    if (isRegular) await rename(part, path)
  } catch (error) {
    out.destroy()
    if (isRegular) await rm(part, { force: true })
    throw error
  }
}

/** Writes to a stream, waiting whenever its buffer is full. Throws the stream's error. */
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
