import type { Caller } from '../../caller.ts'
import type { Context, Precondition } from '../../context.ts'
import { listOf } from '../../contract/list.ts'
import type { WebhookEndpoint } from '../../contract/webhooks.ts'
import type { Queries } from '../../db/port.ts'
import { type Awaitable, andThen } from '../../domain/awaitable.ts'
import { toCursor } from '../../domain/cursor.ts'
import { mergeMetadata } from '../../domain/metadata.ts'
import { timeIn, toExactTime } from '../../domain/time.ts'
import { invalid, orNotFound, type Problem } from '../../errors.ts'
import * as store from '../../events/webhooks/endpoints.ts'
import { newSecret, secretProblem } from '../../events/webhooks/secret.ts'
import { storeSecret } from '../../events/webhooks/secrets.ts'
import { urlProblem } from '../../events/webhooks/url.ts'
import type { Webhooks } from '../../events/webhooks/webhooks.ts'
import {
  type CreateWebhookEndpoint,
  DEFAULT_GRACE_PERIOD,
  type ListWebhookEndpoints,
  type NewWebhookEndpoint,
  type RotateWebhookSecret,
  type UpdateWebhookEndpoint,
} from './schema.ts'

const MAX_ENDPOINTS = 20

/** Creates an endpoint. Returns it as JSON with its secret, the only place where a new secret is shown. */
export function createEndpoint(
  { isAllowed, sealer }: Webhooks,
  { change, newId }: Context,
  caller: Caller,
  input: CreateWebhookEndpoint,
): Promise<string> {
  const { project } = caller
  return change(caller, async (tx) => {
    const secret = input.secret ?? newSecret()
    requireNone([urlProblem(input.url, isAllowed), secretProblem(secret)])
    if ((await store.endpointIds(tx, project.id)).length >= MAX_ENDPOINTS) throw invalid([limitReached()])
    const { id, createdAt } = newId('whe', project.tag)
    await store.insertEndpoint(
      tx,
      project.id,
      { id, createdAt },
      {
        url: input.url,
        description: input.description ?? null,
        eventTypes: input.eventTypes ?? [],
        status: 'enabled',
        disabledReason: null,
        failingSince: null,
        metadata: input.metadata ?? {},
      },
    )
    await storeSecret(tx, sealer, { projectId: project.id, endpointId: id }, secret)
    const json = await getEndpoint(tx, caller, id)
    return { response: withSecret(json, secret), changes: [{ kind: 'webhookEndpoint', before: null, after: json }] }
  })
}

/** Returns an endpoint as JSON, without its secret. Throws `notFound`. */
export function getEndpoint(db: Queries, { project }: Pick<Caller, 'project'>, id: string): Awaitable<string> {
  return andThen(store.findEndpoint(db, project.id, id), (json) => orNotFound(json, 'webhook endpoint'))
}

export function listEndpoints({ db }: Context, { project }: Caller, query: ListWebhookEndpoints): Awaitable<string> {
  return andThen(store.listEndpoints(db, project.id, toCursor(query)), listOf)
}

/** Changes the given properties of an endpoint. Returns it as JSON. */
export function updateEndpoint(
  { isAllowed }: Webhooks,
  { change }: Context,
  caller: Caller,
  id: string,
  input: UpdateWebhookEndpoint,
  precondition: Precondition,
): Promise<string> {
  const { project } = caller
  return change(caller, async (tx) => {
    const before = await getEndpoint(tx, caller, id)
    const endpoint: WebhookEndpoint = JSON.parse(before)
    const { metadata, problems } = mergeMetadata(endpoint.metadata, input.metadata ?? {}, 'metadata')
    requireNone([input.url === undefined ? null : urlProblem(input.url, isAllowed), ...problems])
    precondition?.(before)
    await store.updateEndpoint(tx, project.id, id, {
      url: input.url ?? endpoint.url,
      description: input.description === undefined ? endpoint.description : input.description,
      eventTypes: input.eventTypes ?? endpoint.eventTypes,
      metadata,
      ...healthAfter(endpoint, input.status),
    })
    const after = await getEndpoint(tx, caller, id)
    return { response: after, changes: [{ kind: 'webhookEndpoint', before, after }] }
  })
}

/** Deletes an endpoint. Returns it as it was. */
export function removeEndpoint(
  { change }: Context,
  caller: Caller,
  id: string,
  precondition: Precondition,
): Promise<string> {
  return change(caller, async (tx) => {
    const json = await getEndpoint(tx, caller, id)
    precondition?.(json)
    await store.deleteEndpoint(tx, caller.project.id, id)
    return { response: json, changes: [{ kind: 'webhookEndpoint', before: json, after: null }] }
  })
}

/** Gives an endpoint a new secret. Returns the endpoint with it, as JSON. Writes no event, because no property changes. */
export function rotateSecret(
  { sealer }: Webhooks,
  { change, clock }: Context,
  caller: Caller,
  id: string,
  { gracePeriod = DEFAULT_GRACE_PERIOD }: RotateWebhookSecret,
): Promise<string> {
  const name = { projectId: caller.project.id, endpointId: id }
  return change(caller, async (tx) => {
    const json = await getEndpoint(tx, caller, id)
    const secret = newSecret()
    const now = clock()
    await store.expireSecrets(tx, name.projectId, id, { expiresAt: timeIn(now, gracePeriod), now: toExactTime(now) })
    await storeSecret(tx, sealer, name, secret)
    return { response: withSecret(json, secret), changes: [] }
  })
}

/** The status of an endpoint after an update, and why. `wanted` is the status in the request, if there is one. */
function healthAfter(
  { status, disabledReason, failingSince }: WebhookEndpoint,
  wanted: WebhookEndpoint['status'] | undefined,
): Pick<WebhookEndpoint, 'status' | 'disabledReason' | 'failingSince'> {
  if (wanted === undefined || wanted === status) return { status, disabledReason, failingSince }
  if (wanted === 'enabled') return { status: wanted, disabledReason: null, failingSince: null }
  return { status: wanted, disabledReason: 'manual', failingSince }
}

function withSecret(json: string, secret: string): string {
  return JSON.stringify({ ...(JSON.parse(json) as WebhookEndpoint), secret } satisfies NewWebhookEndpoint)
}

function requireNone(problems: readonly (Problem | null)[]): void {
  const found = problems.filter((problem) => problem !== null)
  if (found.length > 0) throw invalid(found)
}

function limitReached(): Problem {
  return {
    code: 'webhookEndpointLimitReached',
    property: 'url',
    message: `The project already has ${MAX_ENDPOINTS} webhook endpoints`,
    hint: 'Delete one that is no longer needed.',
  }
}
