import { Command } from 'commander'
import { exportCommand } from './bulk-export.ts'
import { importCommand } from './bulk-import.ts'

const COLUMNS = `  email            required
  fullName         the user's full name
  birthday         a date such as 2017-07-21
  preferredLocale  a BCP 47 tag (default: the project's first locale)
  emailVerified    true or false (default: false)
  metadata.KEY     a value of the user's metadata
  id               ignored, so that an export can be imported unchanged`

/** `handset users import|export` */
export function usersCommand(): Command {
  const load = async () => (await import('../resources/users/bulk.ts')).users
  const example = '  handset users import users.csv --project acme'
  return new Command('users')
    .description('Import and export the users of a project.')
    .addHelpText('after', `\nExample:\n${example}`)
    .addCommand(importCommand({ name: 'users', load, columns: COLUMNS, example }))
    .addCommand(exportCommand('users', load))
}
