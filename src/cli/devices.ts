import { Command } from 'commander'
import { exportCommand } from './bulk-export.ts'
import { importCommand } from './bulk-import.ts'

const COLUMNS = `  imei          required; 15 digits, or the IMEISV of 16
  user          the owner's e-mail address or id
  iccids        the SIMs on it, which must exist; separated by space, comma, semicolon, | or line break
  name          its name
  metadata.KEY  a value of its metadata
  id            ignored, so that an export can be imported unchanged`

/** `handset devices import|export` */
export function devicesCommand(): Command {
  const load = async () => (await import('../resources/devices/bulk.ts')).devices
  return new Command('devices')
    .description('Import and export the devices of a project.')
    .addHelpText('after', '\nExample:\n  handset devices import fleet.csv --project acme --dry-run')
    .addCommand(
      importCommand({
        name: 'devices',
        load,
        columns: COLUMNS,
        example: `  handset devices import fleet.csv --project acme --dry-run
  zcat fleet.csv.gz | handset devices import - --project acme`,
        hasImeis: true,
      }),
    )
    .addCommand(exportCommand('devices', load))
}
