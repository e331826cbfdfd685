import type { ListItem } from '../../contract/list.ts'
import type { WebhookEndpoint } from '../../contract/webhooks.ts'
import { columns, ID, insertInto, joinColumns, updateWhere, write } from '../../db/insert.ts'
import { getJson, jsonObject } from '../../db/json.ts'
import { selectPage } from '../../db/page.ts'
import type { Queries } from '../../db/port.ts'
import type { Awaitable } from '../../domain/awaitable.ts'
import type { Cursor, Page } from '../../domain/cursor.ts'
import { SEALED_PREFIX } from './seal.ts'

/** The columns of an endpoint that change. */
export type EndpointFields = Pick<
  WebhookEndpoint,
  'url' | 'description' | 'eventTypes' | 'status' | 'disabledReason' | 'failingSince' | 'metadata'
>

interface Row {
  url: string
  description: string | null
  event_types: string
  status: string
  disabled_reason: string | null
  failing_since: string | null
  metadata: string
}

const JSON_OF_ENDPOINT = jsonObject<WebhookEndpoint>({
  object: "'webhookEndpoint'",
  id: 'e.id',
  metadata: 'JSON_VALUE(e.metadata)',
  createdAt: 'e.created_at',
  url: 'e.url',
  description: 'e.description',
  eventTypes: 'JSON_VALUE(e.event_types)',
  status: 'e.status',
  disabledReason: 'e.disabled_reason',
  failingSince: 'e.failing_since',
})
const FIELDS = columns<Row>()({
  url: true,
  description: true,
  event_types: true,
  status: true,
  disabled_reason: true,
  failing_since: true,
  metadata: true,
})
const CREATED = columns<{ project_id: string; id: string; created_at: string }>()({
  project_id: true,
  id: true,
  created_at: true,
})
const INSERT = insertInto('webhook_endpoints', joinColumns(CREATED, FIELDS))
const UPDATE = updateWhere('webhook_endpoints', FIELDS, ID)
const FIND = `SELECT ${JSON_OF_ENDPOINT} AS json FROM webhook_endpoints e WHERE e.project_id = $1 AND e.id = $2`
const IDS = 'SELECT id FROM webhook_endpoints WHERE project_id = $1'
const DELETE = 'DELETE FROM webhook_endpoints WHERE project_id = $1 AND id = $2'
const LIST_ENABLED = `SELECT id, event_types AS "eventTypes" FROM webhook_endpoints
  WHERE project_id = $1 AND status = 'enabled'`
/** Of all projects: only the deliverer asks this, and there are few endpoints. */
const PROJECTS = `SELECT DISTINCT project_id AS id FROM webhook_endpoints WHERE status = 'enabled'`

const INSERT_SECRET = `INSERT INTO webhook_secrets (project_id, endpoint_id, number, secret) VALUES ($1, $2, $3, $4)`
const NEWEST_SECRET = `SELECT MAX(number) AS newest FROM webhook_secrets WHERE project_id = $1 AND endpoint_id = $2`
const EXPIRE_SECRETS = `UPDATE webhook_secrets SET expires_at = $3
  WHERE project_id = $1 AND endpoint_id = $2 AND expires_at IS NULL`
const DELETE_EXPIRED_SECRETS = `DELETE FROM webhook_secrets
  WHERE project_id = $1 AND endpoint_id = $2 AND expires_at <= $3`
const DELETE_SECRETS = 'DELETE FROM webhook_secrets WHERE project_id = $1 AND endpoint_id = $2'
const VALID_SECRETS = `SELECT number, secret FROM webhook_secrets
  WHERE project_id = $1 AND endpoint_id = $2 AND (expires_at > $3 OR expires_at IS NULL) ORDER BY number DESC`

export async function insertEndpoint(
  tx: Queries,
  projectId: string,
  { id, createdAt }: { id: string; createdAt: string },
  fields: EndpointFields,
): Promise<void> {
  await write(tx, INSERT, { project_id: projectId, id, created_at: createdAt, ...toRow(fields) })
}

export async function updateEndpoint(
  tx: Queries,
  projectId: string,
  id: string,
  fields: EndpointFields,
): Promise<void> {
  await write(tx, UPDATE, { project_id: projectId, id, ...toRow(fields) })
}

/** Finds an endpoint as JSON. */
export function findEndpoint(db: Queries, projectId: string, id: string): Awaitable<string | undefined> {
  return getJson(db, FIND, [projectId, id])
}

export function listEndpoints(db: Queries, projectId: string, cursor: Cursor): Awaitable<Page<ListItem>> {
  const listing = {
    ...{ table: 'webhook_endpoints', alias: 'e', joins: '', json: JSON_OF_ENDPOINT },
    conditions: ['e.project_id = $1'],
    parameters: [projectId],
  }
  return selectPage(db, listing, cursor)
}

/** The ids of all endpoints. There are few. */
export async function endpointIds(db: Queries, projectId: string): Promise<string[]> {
  return (await db.all<{ id: string }>(IDS, [projectId])).map(({ id }) => id)
}

/** Deletes an endpoint and its secrets. Its deliveries are swept later. */
export async function deleteEndpoint(tx: Queries, projectId: string, id: string): Promise<void> {
  await tx.run(DELETE_SECRETS, [projectId, id])
  await tx.run(DELETE, [projectId, id])
}

/** An enabled endpoint, and the types of events that it gets, as JSON text. */
export interface EnabledEndpoint {
  id: string
  eventTypes: string
}

export function listEnabledEndpoints(db: Queries, projectId: string): Awaitable<EnabledEndpoint[]> {
  return db.all<EnabledEndpoint>(LIST_ENABLED, [projectId])
}

/** The ids of the projects that have an enabled endpoint. */
export async function projectsWithEndpoints(db: Queries): Promise<string[]> {
  return (await db.all<{ id: string }>(PROJECTS)).map(({ id }) => id)
}

/** A secret as stored: sealed, if there is a key. */
export interface StoredSecret {
  /** Counts the secrets of an endpoint. */
  number: number
  secret: string
}

/** The number of an endpoint's next secret. */
export async function nextSecretNumber(tx: Queries, projectId: string, endpointId: string): Promise<number> {
  return ((await tx.get<{ newest: number | null }>(NEWEST_SECRET, [projectId, endpointId]))?.newest ?? 0) + 1
}

export async function insertSecret(
  tx: Queries,
  projectId: string,
  endpointId: string,
  { number, secret }: StoredSecret,
): Promise<void> {
  await tx.run(INSERT_SECRET, [projectId, endpointId, number, secret])
}

/** Lets the current secret sign until `expiresAt`, and deletes those that have expired by `now`. */
export async function expireSecrets(
  tx: Queries,
  projectId: string,
  endpointId: string,
  { expiresAt, now }: { expiresAt: string; now: string },
): Promise<void> {
  await tx.run(EXPIRE_SECRETS, [projectId, endpointId, expiresAt])
  await tx.run(DELETE_EXPIRED_SECRETS, [projectId, endpointId, now])
}

/** The secrets that sign at this time, newest first. */
export function validSecrets(
  db: Queries,
  projectId: string,
  endpointId: string,
  now: string,
): Awaitable<StoredSecret[]> {
  return db.all<StoredSecret>(VALID_SECRETS, [projectId, endpointId, now])
}

function toRow({ url, description, eventTypes, status, disabledReason, failingSince, metadata }: EndpointFields): Row {
  return {
    url,
    description,
    event_types: JSON.stringify(eventTypes),
    status,
    disabled_reason: disabledReason,
    failing_since: failingSince,
    metadata: JSON.stringify(metadata),
  }
}

const COUNT_UNSEALED = `SELECT COUNT(*) AS count FROM webhook_secrets
  WHERE SUBSTR(secret, 1, ${SEALED_PREFIX.length}) <> '${SEALED_PREFIX}'`

/** The number of secrets, of all projects, that are not sealed. */
export async function countUnsealed(db: Pick<Queries, 'get'>): Promise<number> {
  return (await db.get<{ count: number }>(COUNT_UNSEALED))?.count ?? 0
}
