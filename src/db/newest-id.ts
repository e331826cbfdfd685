import { timeOfId } from '../domain/id.ts'
import type { Queries } from './port.ts'

const PROJECTS = 'SELECT id FROM projects'
const MODELS = 'SELECT MAX(id) AS newest FROM device_models'

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
const IN_PROJECT = `SELECT ${TABLES.map(
  (table) => `(SELECT id FROM ${table} WHERE project_id = $1 ORDER BY id DESC LIMIT 1) AS ${table}`,
).join(', ')}, (${NEWEST_DELIVERY}) AS webhook_deliveries`

/** The time in the newest id of a store, in Unix milliseconds; 0 if it has none. */
export async function newestIdTime(db: Pick<Queries, 'all' | 'get'>): Promise<number> {
  const models = await db.get<{ newest: string | null }>(MODELS)
  const projects = await db.all<{ id: string }>(PROJECTS)
  const found = await Promise.all(projects.map(({ id }) => db.get<Record<string, string | null>>(IN_PROJECT, [id])))
  const ids = [models?.newest, ...found.flatMap((row) => Object.values(row ?? {}))]
  // Not Math.max(...): a store may have more projects than a call may have arguments.
  return ids.reduce((newest, id) => (id ? Math.max(newest, timeOfId(id)) : newest), 0)
}
