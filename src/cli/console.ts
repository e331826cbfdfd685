import { Command } from 'commander'
import { systemCaller } from '../caller.ts'
import type { Config } from '../config.ts'
import { SetupError } from '../errors.ts'
import { getApiKey } from '../resources/api-keys/api-keys.ts'
import type { ApiKey } from '../resources/api-keys/schema.ts'
import { createLink } from '../resources/console-sessions/console-sessions.ts'
import { requireProject } from '../resources/projects/projects.ts'
import { print } from './print.ts'
import { configOf, withContext } from './with-context.ts'

interface LinkOptions {
  project: string
  key: string
  json?: boolean
}

/** `handset console link` */
export function consoleCommand(): Command {
  const example = '\nExample:\n  handset console link --project demo --key key_0SNlurA049MEWV55CrA9qMvI2FVJ'
  const console = new Command('console').description('Sign people in to the console.').addHelpText('after', example)

  console
    .command('link')
    .description('Print a link that signs in to the console once, within 15 minutes.')
    .requiredOption('--project <id>', 'the project')
    .requiredOption('--key <id>', 'the API key that the link signs in with, key_…')
    .option('--json', 'print JSON')
    .addHelpText('after', `\nThe address comes from HANDSET_PUBLIC_URL, or else from HOST and PORT.\n${example}`)
    .action(({ project: id, key, json }: LinkOptions, command: Command) =>
      withContext(command, async (context) => {
        const project = await requireProject(context, id)
        const { revokedAt, expiresAt }: ApiKey = JSON.parse(await getApiKey(context.db, systemCaller(project), key))
        if (revokedAt !== null || (expiresAt !== null && Date.parse(expiresAt) <= context.clock()))
          throw new SetupError(`${key} is no longer valid. List the keys with: handset keys list --project ${id}`)
        const url = linkTo(addressOf(configOf(command)), await createLink(context, project, key))
        print(json, { url }, `${url}\n\nThe link signs in once, within 15 minutes.`)
      }),
    )

  return console
}

/** The URL that signs in to the console with a code, in the fragment, which is never sent to a server. */
export function linkTo(address: string, code: string): string {
  return `${address}/console#code=${code}`
}

function addressOf({ host, port, http }: Config): string {
  return http.publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
