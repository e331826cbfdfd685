import { type Awaitable, andThen } from '../domain/awaitable.ts'
import { type IdSource, timeOfId } from '../domain/id.ts'
import type { Queries } from './port.ts'

type Reader = Pick<Queries, 'get'>

const NEWEST_MODEL = 'SELECT MAX(id) AS newest FROM device_models'

/** The newest id of each kind in one project. */
const TABLES = [
  'api_keys',
  'user_tokens',
  'users',
  'sims',
  'devices',
  'events',
  'unordered_events',
  'webhook_endpoints',
]
/** Deliveries are in the order of their ids within each endpoint. */
const NEWEST_DELIVERY = `SELECT MAX((SELECT d.id FROM webhook_deliveries d
    WHERE d.project_id = $1 AND d.endpoint_id = e.id ORDER BY d.id DESC LIMIT 1))
  FROM webhook_endpoints e WHERE e.project_id = $1`
const NEWEST_IN_PROJECT = `SELECT ${TABLES.map(
  (table) => `(SELECT id FROM ${table} WHERE project_id = $1 ORDER BY id DESC LIMIT 1) AS ${table}`,
).join(', ')}, (${NEWEST_DELIVERY}) AS webhook_deliveries`

/** Makes ids continue after those that a project already has. To be called before new ids of that project are made. */
export type ContinueIds = (db: Reader, projectId: string) => Awaitable<void>

/**
 * Reads the newest ids of a project once in this process: before its first change, and not at the start, because a store
 * can have many thousand projects.
 */
export function createIdContinuation(newId: IdSource): ContinueIds {
  const continued = new Set<string>()
  return (db, projectId) => {
    if (continued.has(projectId)) return
    return andThen(db.get<Record<string, string | null>>(NEWEST_IN_PROJECT, [projectId]), (row = {}) => {
      newId.continueAfter(newestTime(Object.values(row)))
      continued.add(projectId)
    })
  }
}

/** Makes ids continue after those of the device models, which belong to no project. */
export async function continueModelIds(db: Reader, newId: IdSource): Promise<void> {
  const row = await db.get<{ newest: string | null }>(NEWEST_MODEL)
  newId.continueAfter(newestTime([row?.newest ?? null]))
}

function newestTime(ids: readonly (string | null)[]): number {
  return Math.max(0, ...ids.filter((id) => id !== null).map(timeOfId))
}
