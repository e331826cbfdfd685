import { Command, Option } from 'commander'
import { type StoredProject, systemCaller } from '../caller.ts'
import type { Context } from '../context.ts'
import { ROLES, type Role } from '../contract/operation.ts'
import { createKey, listApiKeys, revokeKey } from '../resources/api-keys/api-keys.ts'
import { type ApiKey, MAX_EXPIRES_IN } from '../resources/api-keys/schema.ts'
import { requireProject } from '../resources/projects/projects.ts'
import { allPages } from './all-pages.ts'
import { readName, readWhole } from './options.ts'
import { print, table } from './print.ts'
import { withContext } from './with-context.ts'

interface CreateOptions {
  project: string
  name: string
  role: Role
  expiresIn?: number
  json?: boolean
}

/** `handset keys create|list|revoke` */
export function keysCommand(): Command {
  const keys = new Command('keys')
    .description("Create, list and revoke a project's API keys.")
    .addHelpText('after', '\nExample:\n  handset keys create --project acme --name backend --role editor')

  keys
    .command('create')
    .description('Create an API key. It is shown only once, and only its hash is stored.')
    .requiredOption('--project <id>', 'the project that the key belongs to')
    .requiredOption('--name <name>', 'what the key is for', readName)
    .addOption(new Option('--role <role>', 'what the key may do').choices(ROLES).default('admin'))
    .option(
      '--expires-in <seconds>',
      'how long the key is valid (default: until it is revoked)',
      readWhole(1, MAX_EXPIRES_IN),
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nA viewer reads. An editor also changes, imports and exports. An admin also manages API keys and webhook endpoints.' +
        '\n\nExample:\n  handset keys create --project acme --name backend --role editor --expires-in 7776000',
    )
    .action(({ project: id, name, role, expiresIn, json }: CreateOptions, command: Command) =>
      withContext(command, async (context) => {
        const key = await createKey(context, await requireProject(context, id), { name, role, expiresIn })
        print(json, { ...key, project: id }, `${key.token}\n\nShown only this once. Store it where you store secrets.`)
      }),
    )

  keys
    .command('list')
    .description("List a project's keys, newest first, without their secrets.")
    .requiredOption('--project <id>', 'the project')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset keys list --project acme')
    .action(({ project: id, json }: { project: string; json?: boolean }, command: Command) =>
      withContext(command, async (context) => {
        const all = await allKeys(context, await requireProject(context, id))
        const rows = all.map((key) => [
          ...[key.id, key.name, key.role, `${key.prefix}…`, key.createdAt],
          ...[key.lastUsedAt ?? 'never', stateOf(key)],
        ])
        print(
          json,
          all.map((key) => ({ ...key, project: id })),
          table(['ID', 'NAME', 'ROLE', 'STARTS', 'CREATED', 'LAST USED', 'STATE'], rows),
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

function allKeys(context: Context, project: StoredProject): Promise<ApiKey[]> {
  return allPages<ApiKey>((query) => listApiKeys(context, systemCaller(project), query))
}

function stateOf({ revokedAt, expiresAt }: ApiKey): string {
  if (revokedAt !== null) return `revoked ${revokedAt}`
  if (expiresAt === null) return 'valid until revoked'
  return Date.parse(expiresAt) <= Date.now() ? `expired ${expiresAt}` : `valid until ${expiresAt}`
}
