import type { Caller } from '../../caller.ts'
import { jsonObject } from '../../db/json.ts'
import type { Listing } from '../../db/page.ts'
import type { ExportedUser } from './schema.ts'

const JSON_OF_EXPORTED = jsonObject<ExportedUser>({
  id: 'u.id',
  email: 'u.email',
  fullName: 'u.full_name',
  birthday: 'u.birthday',
  preferredLocale: 'u.preferred_locale',
  emailVerified: 'JSON_VALUE(u.email_verified)',
  metadata: 'JSON_VALUE(u.metadata)',
})

/** The users that a caller may see, as an export shows them. */
export function exportedUsers({ project, userId }: Caller): Listing {
  return {
    table: 'users',
    alias: 'u',
    joins: '',
    json: JSON_OF_EXPORTED,
    conditions: ['u.project_id = $1', ...(userId === null ? [] : ['u.id = $2'])],
    parameters: [project.id, ...(userId === null ? [] : [userId])],
  }
}
