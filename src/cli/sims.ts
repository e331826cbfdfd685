import { Command } from 'commander'
import { exportCommand } from './bulk-export.ts'
import { importCommand } from './bulk-import.ts'

const COLUMNS = `  iccid         required; 19 or 20 digits
  type          eSIM (default) or pSIM; the type of a stored SIM cannot change
  provider      p1 by default
  status        inactive (default), active or retired
  metadata.KEY  a value of its metadata
  id            ignored, so that an export can be imported unchanged`

/** `handset sims import|export` */
export function simsCommand(): Command {
  const load = async () => (await import('../resources/sims/bulk.ts')).sims
  const example = '  handset sims import sims.csv --project acme'
  return new Command('sims')
    .description('Import and export the SIMs of a project.')
    .addHelpText('after', `\nExample:\n${example}`)
    .addCommand(importCommand({ name: 'sims', load, columns: COLUMNS, example }))
    .addCommand(exportCommand('sims', load))
}
