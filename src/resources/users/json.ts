import { jsonObject } from '../../db/json.ts'
import type { User } from './schema.ts'

/** A row of `users` as its resource; `alias` is the table's alias in the query. */
export function userJson(alias: string): string {
  return jsonObject<User>({
    object: "'user'",
    id: `${alias}.id`,
    metadata: `JSON_VALUE(${alias}.metadata)`,
    birthday: `${alias}.birthday`,
    createdAt: `${alias}.created_at`,
    email: `${alias}.email`,
    emailVerified: `JSON_VALUE(${alias}.email_verified)`,
    fullName: `${alias}.full_name`,
    preferredLocale: `${alias}.preferred_locale`,
  })
}
