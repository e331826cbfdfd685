import { Command } from 'commander'
import { requireProject } from '../resources/projects/projects.ts'
import { allKeys, createKey, revokeKey, type StoredKey } from '../resources/tokens/tokens.ts'
import { readName, readWhole } from './options.ts'
import { print, table } from './print.ts'
import { withRegistry } from './with-registry.ts'

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
    .description("Make, list and revoke a project's API keys.")
    .addHelpText('after', '\nExample:\n  handset keys create --project acme --name backend')

  keys
    .command('create')
    .description('Make an API key. It is shown this once, and kept only as a hash.')
    .requiredOption('--project <id>', 'the project that the key may do everything in')
    .requiredOption('--name <name>', 'what it is for, so that people can tell keys apart', readName)
    .option('--expires-in <seconds>', 'how long it holds (default: until it is revoked)', readWhole(1, TEN_YEARS))
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset keys create --project acme --name backend --expires-in 7776000')
    .action(({ project: id, name, expiresIn, json }: CreateOptions, command: Command) =>
      withRegistry(command, async (registry) => {
        const project = await requireProject(registry, id)
        const key = await createKey(registry, project, { name, expiresIn })
        print(
          json,
          { ...toOutput(id, key), token: key.token },
          `${key.token}\n\nShown only now. Keep it where secrets are kept.`,
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
      withRegistry(command, async (registry) => {
        const all = await allKeys(registry, await requireProject(registry, id))
        const rows = all.map((key) => [key.id, key.name, `${key.prefix}…`, key.createdAt, stateOf(key)])
        const text = table(['ID', 'NAME', 'BEGINS', 'CREATED', 'STATE'], rows)
        print(
          json,
          all.map((key) => toOutput(id, key)),
          text,
        )
      }),
    )

  keys
    .command('revoke')
    .description('Revoke a key: it is refused from the next request on.')
    .argument('<key>', 'its id, key_…')
    .requiredOption('--project <id>', 'the project')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset keys revoke key_0SNlurA049MEWV55CrA9qMvI2FVJ --project acme')
    .action((keyId: string, { project: id, json }: { project: string; json?: boolean }, command: Command) =>
      withRegistry(command, async (registry) => {
        await revokeKey(registry, await requireProject(registry, id), keyId)
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
  if (expiresAt === null) return 'holds until revoked'
  return Date.parse(expiresAt) <= Date.now() ? `expired ${expiresAt}` : `holds until ${expiresAt}`
}
