import { Command } from 'commander'
import { importCommand } from './fleet.ts'
import { exportCommand } from './fleet-export.ts'

const COLUMNS = `  imei          required; 15 digits, or the IMEISV of 16
  user          the owner's e-mail address, or their id
  iccids        the SIMs on it, which must be there: several are separated by blanks or semicolons
  name          a name for it
  metadata.KEY  a value of its metadata
  id            passed over: an export has it`

/** `handset devices import|export` */
export function devicesCommand(): Command {
  return new Command('devices')
    .description('Move a whole fleet of devices in and out.')
    .addHelpText('after', '\nExample:\n  handset devices import fleet.csv --project acme --dry-run')
    .addCommand(
      importCommand('devices', {
        columns: COLUMNS,
        example: `  handset devices import fleet.csv --project acme --dry-run
  zcat fleet.csv.gz | handset devices import - --project acme`,
        takesImeis: true,
      }),
    )
    .addCommand(exportCommand('devices', 'devices'))
}
