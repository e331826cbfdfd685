import { Command } from 'commander'
import { importCommand } from './fleet.ts'
import { exportCommand } from './fleet-export.ts'

const COLUMNS = `  email            required
  fullName         their name
  birthday         as in 2017-07-21
  preferredLocale  a BCP 47 tag; the project's first locale where not given
  emailVerified    true, or false (where not given)
  metadata.KEY     a value of their metadata
  id               passed over: an export has it`

/** `handset users import|export` */
export function usersCommand(): Command {
  const example = '  handset users import users.csv --project acme'
  return new Command('users')
    .description('Move users in and out.')
    .addHelpText('after', `\nExample:\n${example}`)
    .addCommand(
      importCommand('users', {
        columns: COLUMNS,
        example,
        takesImeis: false,
      }),
    )
    .addCommand(exportCommand('users', 'users'))
}
