import { Command } from 'commander'
import { importCommand } from './fleet.ts'
import { exportCommand } from './fleet-export.ts'

const COLUMNS = `  iccid         required; 19 or 20 digits
  type          eSIM (where not given) or pSIM; that of a SIM that is there stays
  provider      p1 where not given
  status        inactive (where not given), active or retired
  metadata.KEY  a value of its metadata
  id            passed over: an export has it`

/** `handset sims import|export` */
export function simsCommand(): Command {
  const example = '  handset sims import sims.csv --project acme'
  return new Command('sims')
    .description('Move SIMs in and out.')
    .addHelpText('after', `\nExample:\n${example}`)
    .addCommand(
      importCommand('sims', {
        columns: COLUMNS,
        example,
        takesImeis: false,
      }),
    )
    .addCommand(exportCommand('sims', 'SIMs'))
}
