import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { Command, Option } from 'commander'
import { SetupError } from '../errors.ts'
import type { ExportFormat } from '../fleet/export.ts'
import { requireProject } from '../resources/projects/projects.ts'
import { importCommand } from './fleet.ts'
import { withRegistry } from './with-registry.ts'

const COLUMNS = `  imei          required; 15 digits, or the IMEISV of 16
  user          the owner's e-mail address, or their id
  iccids        the SIMs on it, which must be there: several are separated by blanks or semicolons
  name          a name for it
  metadata.KEY  a value of its metadata
  id            passed over: an export has it`

interface ExportOptions {
  project: string
  format: ExportFormat
  output?: string
}

/** `handset devices import|export` */
export function devicesCommand(): Command {
  const devices = new Command('devices')
    .description('Move a whole fleet of devices in and out.')
    .addHelpText('after', '\nExample:\n  handset devices import fleet.csv --project acme --dry-run')
  devices.addCommand(
    importCommand('devices', {
      columns: COLUMNS,
      example: `  handset devices import fleet.csv --project acme --dry-run
  zcat fleet.csv.gz | handset devices import - --project acme`,
      takesImeis: true,
    }),
  )

  devices
    .command('export')
    .description('Write all devices of a project, as they are at one moment, in the form that an import reads.')
    .requiredOption('--project <id>', 'the project')
    .addOption(new Option('--format <format>', 'how it is written').choices(['csv', 'ndjson']).default('csv'))
    .option('--output <file>', 'where to write it (default: standard output)')
    .addHelpText(
      'after',
      `
NDJSON is exact. In CSV a text that a spreadsheet would take for a formula, and the empty text, has an apostrophe before
it, which an import takes off again.

Example:
  handset devices export --project acme --output fleet.csv`,
    )
    .action(({ project: id, format, output }: ExportOptions, command: Command) =>
      withRegistry(command, async (registry) => {
        const project = await requireProject(registry, id)
        const { exportDevices } = await import('../fleet/export.ts')
        const out = output === undefined ? process.stdout : createWriteStream(output)
        try {
          await exportDevices(registry.db, { project, tokenId: '', userId: null }, format, writeTo(out))
          if (output !== undefined) await finished(out.end())
        } catch (error) {
          const { code, message } = error as NodeJS.ErrnoException
          if (code === undefined) throw error
          // Whoever reads has seen enough, as `head` does.
          if (code !== 'EPIPE') throw new SetupError(`Cannot write the export: ${message}`)
        }
      }),
    )

  return devices
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
