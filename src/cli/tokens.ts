import { Command } from 'commander'
import { type StoredProject, systemCaller } from '../caller.ts'
import type { Context } from '../context.ts'
import { requireProject } from '../resources/projects/projects.ts'
import type { UserToken } from '../resources/tokens/schema.ts'
import { listUserTokens, removeUserToken } from '../resources/tokens/tokens.ts'
import { getUser } from '../resources/users/users.ts'
import { allPages } from './all-pages.ts'
import { print, table } from './print.ts'
import { withContext } from './with-context.ts'

interface Options {
  project: string
  user: string
  json?: boolean
}

/** `handset tokens list|revoke` */
export function tokensCommand(): Command {
  const tokens = new Command('tokens')
    .description("List and revoke a user's tokens, with which apps act as that user.")
    .addHelpText('after', '\nExample:\n  handset tokens list --project acme --user usr_0SNlurA049MEWV4OpCwsNyC9Kn2d')

  tokens
    .command('list')
    .description("List a user's tokens that are still valid, without their secrets.")
    .requiredOption('--project <id>', 'the project')
    .requiredOption('--user <id>', 'the user, usr_…')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  handset tokens list --project acme --user usr_0SNlurA049MEWV4OpCwsNyC9Kn2d')
    .action(({ project: id, user, json }: Options, command: Command) =>
      withContext(command, async (context) => {
        const all = await allUserTokens(context, await requireProject(context, id), user)
        const rows = all.map(({ id, createdAt, expiresAt }) => [id, createdAt, expiresAt])
        print(json, all, table(['ID', 'CREATED', 'VALID UNTIL'], rows))
      }),
    )

  tokens
    .command('revoke')
    .description('Revoke a token. The next request with it gets 401.')
    .argument('<token>', 'its id, utk_…')
    .requiredOption('--project <id>', 'the project')
    .requiredOption('--user <id>', 'the user, usr_…')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  handset tokens revoke utk_0SNlurA049MEWV55CrA9qMvI2FVJ --project acme --user usr_0SNlurA049MEWV4OpCwsNyC9Kn2d',
    )
    .action((tokenId: string, { project: id, user, json }: Options, command: Command) =>
      withContext(command, async (context) => {
        const project = await requireProject(context, id)
        const revoked = await removeUserToken(context, systemCaller(project), { userId: user, id: tokenId }, null)
        print(json, JSON.parse(revoked), `Revoked ${tokenId}.`)
      }),
    )

  return tokens
}

/** All valid tokens of a user, newest first. Throws `notFound` if there is no such user. */
async function allUserTokens(context: Context, project: StoredProject, userId: string): Promise<UserToken[]> {
  await getUser(context.db, systemCaller(project), userId)
  return allPages<UserToken>((query) => listUserTokens(context, { project }, userId, query))
}
