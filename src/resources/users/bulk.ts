import { kindOf } from '../../bulk/kind.ts'
import { importOneByOne } from '../../bulk/one-by-one.ts'
import type { ImportOutcome, ImportRules } from '../../bulk/outcome.ts'
import type { Caller } from '../../caller.ts'
import type { Context } from '../../context.ts'
import { jsonObject } from '../../db/json.ts'
import type { Listing } from '../../db/page.ts'
import type { Queries } from '../../db/port.ts'
import { emailKey } from '../../domain/keys.ts'
import { type CreateUser, ExportedUser, ImportUser } from './schema.ts'
import { findUserByEmail } from './store.ts'
import { createUser, updateUser } from './users.ts'

const JSON_OF_EXPORTED = jsonObject<ExportedUser>({
  id: 'u.id',
  email: 'u.email',
  fullName: 'u.full_name',
  birthday: 'u.birthday',
  preferredLocale: 'u.preferred_locale',
  emailVerified: 'JSON_VALUE(u.email_verified)',
  metadata: 'JSON_VALUE(u.metadata)',
})

/** The users of the caller's project, in the form of an export. Only API keys may export. */
function exportedUsers({ project }: Caller): Listing {
  return {
    table: 'users',
    alias: 'u',
    joins: '',
    json: JSON_OF_EXPORTED,
    conditions: ['u.project_id = $1'],
    parameters: [project.id],
  }
}

/** Imports users, each identified by the e-mail address. */
function importUsers(
  context: Context,
  tx: Queries,
  caller: Caller,
  rows: readonly ImportUser[],
  rules: ImportRules,
): Promise<ImportOutcome[]> {
  const verbs = {
    create: (within: Context, user: ImportUser) => createUser(within, caller, user),
    existsCode: 'userAlreadyExists' as const,
    find: (db: Queries, { email }: ImportUser) => findUserByEmail(db, caller.project.id, emailKey(email), null),
    changeable: ({ email: _email, id: _id, ...rest }: ImportUser) => rest,
    fixed: () => ({}),
    update: (within: Context, id: string, changes: object) => updateUser(within, caller, id, changes, null),
  }
  return importOneByOne(context, tx, rows, verbs, rules)
}

/** Users as rows of an import or export. */
export const users = kindOf<ImportUser, ExportedUser, CreateUser>({
  name: 'users',
  schema: ImportUser,
  importRows: importUsers,
  identity: ({ email }) => emailKey(email),
  exported: { schema: ExportedUser, rows: exportedUsers },
})
