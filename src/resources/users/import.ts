import type { Caller } from '../../caller.ts'
import type { Registry } from '../../context.ts'
import type { Queries } from '../../db/port.ts'
import { emailKey } from '../../domain/keys.ts'
import { type ImportOutcome, type ImportRules, importOneByOne } from '../import-outcome.ts'
import type { ImportUser } from './schema.ts'
import { findUserByEmail } from './store.ts'
import { createUser, updateUser } from './users.ts'

/** Takes users into a project, each by its e-mail address; gives an outcome for each row. */
export function importUsers(
  registry: Registry,
  tx: Queries,
  caller: Caller,
  rows: readonly ImportUser[],
  rules: ImportRules,
): Promise<ImportOutcome[]> {
  const verbs = {
    create: (within: Registry, user: ImportUser) => createUser(within, caller, user),
    codeOfPresent: 'userAlreadyExists' as const,
    find: (db: Queries, { email }: ImportUser) => findUserByEmail(db, caller.project.id, emailKey(email), null),
    changeable: ({ email: _email, id: _id, ...rest }: ImportUser) => rest,
    fixed: () => ({}),
    update: (within: Registry, id: string, changes: object) => updateUser(within, caller, id, changes, null),
  }
  return importOneByOne(registry, tx, rows, verbs, rules)
}
