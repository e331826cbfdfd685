import { jsonObject } from '../../db/json.ts'
import type { Sim } from './schema.ts'

/** A row of `sims` as its resource; `alias` is the table's alias in the query. */
export function simJson(alias: string): string {
  return jsonObject<Sim>({
    object: "'sim'",
    id: `${alias}.id`,
    metadata: `JSON_VALUE(${alias}.metadata)`,
    createdAt: `${alias}.created_at`,
    iccid: `${alias}.iccid`,
    provider: `${alias}.provider`,
    status: `${alias}.status`,
    type: `${alias}.type`,
  })
}
