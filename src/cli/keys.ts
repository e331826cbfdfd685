import { Command } from 'commander'
import { requireProject } from '../resources/projects/projects.ts'
import { allKeys, createKey, revokeKey, type StoredKey } from '../resources/tokens/tokens.ts'
import { readName, readWhole } from './options.ts'
import { print, table } from './print.ts'
import { withContext } from './with-context.ts'

/** In seconds. */
const TEN_YEARS = 315_360_000

interface CreateOptions {
  project: string
  name: string
  expiresIn?: number
  json?: boolean
}

/** `handset keys create|list|revoke` */
export function keysCommand(): Command {
  const keys = new Command('keys')
    .description("Create, list and revoke a project's API keys.")
    .addHelpText('after', '\nExample:\n  handset keys create --project acme --name backend')

  keys
    .command('create')
    .description('Create an API key. It is shown only once, and only its hash is stored.')
    .requiredOption('--project <id>', 'the project that the key gives full access to')
    .requiredOption('--name <name>', 'what the key is for', readName)
    .option(
      '--expires-in <seconds>',
      'how long the key is valid (default: until it is revoked)',
      readWhole(1, TEN_YEARS),
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset keys create --project acme --name backend --expires-in 7776000')
    .action(({ project: id, name, expiresIn, json }: CreateOptions, command: Command) =>
      withContext(command, async (context) => {
        const project = await requireProject(context, id)
        const key = await createKey(context, project, { name, expiresIn })
        print(
          json,
          { ...toOutput(id, key), token: key.token },
          `${key.token}\n\nShown only this once. Store it where you store secrets.`,
        )
      }),
    )

  keys
    .command('list')
    .description("List a project's keys, without their secrets.")
    .requiredOption('--project <id>', 'the project')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset keys list --project acme')
    .action(({ project: id, json }: { project: string; json?: boolean }, command: Command) =>
      withContext(command, async (context) => {
        const all = await allKeys(context, await requireProject(context, id))
        const rows = all.map((key) => [key.id, key.name, `${key.prefix}…`, key.createdAt, stateOf(key)])
        const text = table(['ID', 'NAME', 'STARTS', 'CREATED', 'STATE'], rows)
        print(
          json,
          all.map((key) => toOutput(id, key)),
          text,
        )
      }),
    )

  keys
    .command('revoke')
    .description('Revoke a key. The next request with it gets 401.')
    .argument('<key>', 'its id, key_…')
    .requiredOption('--project <id>', 'the project')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset keys revoke key_0SNlurA049MEWV55CrA9qMvI2FVJ --project acme')
    .action((keyId: string, { project: id, json }: { project: string; json?: boolean }, command: Command) =>
      withContext(command, async (context) => {
        await revokeKey(context, await requireProject(context, id), keyId)
        print(json, { object: 'apiKey', id: keyId, project: id, revoked: true }, `Revoked ${keyId}.`)
      }),
    )

  return keys
}

function toOutput(project: string, { id, name, prefix, createdAt, expiresAt, revokedAt }: StoredKey) {
  return { object: 'apiKey', id, project, name, prefix, createdAt, expiresAt, revokedAt }
}

function stateOf({ revokedAt, expiresAt }: StoredKey): string {
  if (revokedAt !== null) return `revoked ${revokedAt}`
  if (expiresAt === null) return 'valid until revoked'
  return Date.parse(expiresAt) <= Date.now() ? `expired ${expiresAt}` : `valid until ${expiresAt}`
}
