import { Command } from 'commander'
import { importCommand } from './fleet.ts'

const COLUMNS = `  email            required
  fullName         their name
  birthday         as in 2017-07-21
  preferredLocale  a BCP 47 tag; the project's first locale where not given
  emailVerified    true or false (where not given)
  metadata.KEY     a value of their metadata
  id               passed over`

/** `handset users import` */
export function usersCommand(): Command {
  const example = '  handset users import users.csv --project acme'
  return new Command('users')
    .description('Take in users.')
    .addHelpText('after', `\nExample:\n${example}`)
    .addCommand(
      importCommand('users', {
        columns: COLUMNS,
        example,
        takesImeis: false,
      }),
    )
}
