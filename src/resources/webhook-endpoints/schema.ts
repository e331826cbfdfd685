import { type Static, Type } from 'typebox'
import type { Operation } from '../../contract/operation.ts'
import { ProjectPath } from '../../contract/project.ts'
import {
  anyOf,
  closed,
  List,
  listQuery,
  MetadataChanges,
  NewMetadata,
  nullable,
  oneOf,
  type RuleName,
  Timestamp,
} from '../../contract/schemas.ts'
import {
  DELIVERY_STATUSES,
  ENDPOINT_STATUSES,
  WebhookAttempt,
  WebhookDelivery,
  WebhookDeliveryId,
  WebhookEndpoint,
  WebhookEndpointId,
} from '../../contract/webhooks.ts'
import { idPattern } from '../../domain/id.ts'

/** In seconds: a day by default, a week at most. */
export const DEFAULT_GRACE_PERIOD = 86_400
const MAX_GRACE_PERIOD = 604_800

/** RFC 9110 §4.1 recommends that servers take at least 8,000 characters. Receivers need far fewer. */
const MAX_URL_LENGTH = 2_048

const Url = Type.String({
  maxLength: MAX_URL_LENGTH,
  description:
    'An http or https URL without credentials. A private address is rejected, unless the operator of the server allows its network.',
  examples: ['https://example.com/webhooks'],
})
const Description = nullable(Type.String({ maxLength: 255, examples: ['Billing'] }))
const EventTypePattern = Type.String({
  rule: 'eventTypePattern' satisfies RuleName,
  description: 'An event type, or all types of one kind of object.',
  examples: ['com.gigs.device.*'],
})
const EventTypes = Type.Array(EventTypePattern, {
  maxItems: 100,
  uniqueItems: true,
  description: 'The types of events to send. Empty means all.',
})
const Secret = Type.String({
  description: 'The secret with which requests are signed: `whsec_` and 24 to 64 bytes in base64.',
  examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
})

export const NewWebhookEndpoint = closed(
  {
    ...WebhookEndpoint.properties,
    secret: Type.String({
      ...Secret,
      description: 'The secret with which requests are signed. It is shown only in this response.',
    }),
  },
  { title: 'NewWebhookEndpoint', description: 'An endpoint with its new secret.' },
)
export type NewWebhookEndpoint = Static<typeof NewWebhookEndpoint>

export const WebhookEndpointList = List(WebhookEndpoint)

export const CreateWebhookEndpoint = closed(
  {
    url: Url,
    description: Type.Optional(Description),
    eventTypes: Type.Optional(EventTypes),
    secret: Type.Optional(Secret),
    metadata: Type.Optional(NewMetadata),
  },
  { title: 'CreateWebhookEndpoint' },
)
export type CreateWebhookEndpoint = Static<typeof CreateWebhookEndpoint>

export const UpdateWebhookEndpoint = closed(
  {
    url: Type.Optional(Url),
    description: Type.Optional(Description),
    eventTypes: Type.Optional(EventTypes),
    status: Type.Optional(
      oneOf(ENDPOINT_STATUSES, {
        description: 'A disabled endpoint gets no events. Once enabled again, it does not get those that it missed.',
      }),
    ),
    metadata: Type.Optional(MetadataChanges),
  },
  { title: 'UpdateWebhookEndpoint' },
)
export type UpdateWebhookEndpoint = Static<typeof UpdateWebhookEndpoint>

export const RotateWebhookSecret = closed(
  {
    gracePeriod: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_GRACE_PERIOD,
        default: DEFAULT_GRACE_PERIOD,
        description: 'How long requests are also signed with the old secret, in seconds.',
      }),
    ),
  },
  { title: 'RotateWebhookSecret' },
)
export type RotateWebhookSecret = Static<typeof RotateWebhookSecret>

export const TestWebhookEndpoint = closed(
  {
    type: Type.Optional(
      Type.String({
        rule: 'eventType' satisfies RuleName,
        description: 'The type of the sample. The default is the first type that `eventTypes` matches.',
        examples: ['com.gigs.device.updated'],
      }),
    ),
  },
  { title: 'TestWebhookEndpoint' },
)
export type TestWebhookEndpoint = Static<typeof TestWebhookEndpoint>

export const REPLAY_SELECTIONS = ['failed', 'missing', 'all'] as const

export const ReplayWebhookEvents = closed(
  {
    since: Type.String({ ...Timestamp, description: 'Events at this time or later.' }),
    until: Type.Optional(Type.String({ ...Timestamp, description: 'Events before this time. The default is now.' })),
    only: oneOf(REPLAY_SELECTIONS, {
      description:
        '`failed` retries deliveries that have failed. `missing` sends events that never had a delivery, for instance ' +
        'because the endpoint was disabled. `all` sends every event again.',
    }),
  },
  { title: 'ReplayWebhookEvents' },
)
export type ReplayWebhookEvents = Static<typeof ReplayWebhookEvents>

export const WebhookReplay = closed(
  {
    object: Type.Literal('webhookReplay'),
    deliveries: Type.Integer({ description: 'The number of deliveries that are now pending.', examples: [12] }),
  },
  { title: 'WebhookReplay', description: 'How many events are sent again.' },
)
export type WebhookReplay = Static<typeof WebhookReplay>

export const ListWebhookEndpoints = listQuery(idPattern('whe'), {})
export type ListWebhookEndpoints = Static<typeof ListWebhookEndpoints>

export const WebhookDeliveryList = List(WebhookDelivery)

export const ListWebhookDeliveries = listQuery(idPattern('wdl'), {
  status: anyOf(oneOf(DELIVERY_STATUSES), 'Only deliveries with this status.'),
  event: Type.Optional(Type.String({ pattern: idPattern('evt'), description: 'Only deliveries of this event.' })),
})
export type ListWebhookDeliveries = Static<typeof ListWebhookDeliveries>

export const EndpointPath = closed({ ...ProjectPath.properties, webhookEndpoint: WebhookEndpointId })

const DeliveryPath = closed({ ...EndpointPath.properties, webhookDelivery: WebhookDeliveryId })

const tags: [string] = ['Webhooks']
const ENDPOINTS = '/projects/{project}/webhookEndpoints'
const ENDPOINT = `${ENDPOINTS}/{webhookEndpoint}` as const
const DELIVERIES = `${ENDPOINT}/deliveries` as const
const DELIVERY = `${DELIVERIES}/{webhookDelivery}` as const

export const WebhookEndpointsCreate = {
  operationId: 'WebhookEndpointsCreate',
  method: 'POST',
  path: ENDPOINTS,
  access: 'admin',
  idempotent: true,
  returnsSecret: true,
  tags,
  summary: 'Create a webhook endpoint',
  description:
    'Creates an endpoint, to which events are sent from now on, signed as Standard Webhooks 1.0 describes. A project has at most 20.',
  params: ProjectPath,
  body: CreateWebhookEndpoint,
  example: { url: 'https://example.com/webhooks', eventTypes: ['com.gigs.device.*'], description: 'Billing' },
  response: { 201: NewWebhookEndpoint },
} satisfies Operation

export const WebhookEndpointsList = {
  operationId: 'WebhookEndpointsList',
  method: 'GET',
  path: ENDPOINTS,
  access: 'viewer',
  tags,
  summary: 'List all webhook endpoints',
  description: 'Returns a list of webhook endpoints, most recently created first, without their secrets.',
  params: ProjectPath,
  querystring: ListWebhookEndpoints,
  response: { 200: WebhookEndpointList },
} satisfies Operation

export const WebhookEndpointsRetrieve = {
  operationId: 'WebhookEndpointsRetrieve',
  method: 'GET',
  path: ENDPOINT,
  access: 'viewer',
  tags,
  summary: 'Retrieve a webhook endpoint',
  description: 'Retrieves an endpoint, without its secret.',
  params: EndpointPath,
  response: { 200: WebhookEndpoint },
} satisfies Operation

export const WebhookEndpointsUpdate = {
  operationId: 'WebhookEndpointsUpdate',
  method: 'PATCH',
  path: ENDPOINT,
  access: 'admin',
  guarded: true,
  tags,
  summary: 'Update a webhook endpoint',
  description:
    'Updates the given properties of an endpoint. Deliveries that are pending while it is disabled are sent once it is enabled again.',
  params: EndpointPath,
  body: UpdateWebhookEndpoint,
  example: { status: 'enabled' },
  response: { 200: WebhookEndpoint },
} satisfies Operation

export const WebhookEndpointsDelete = {
  operationId: 'WebhookEndpointsDelete',
  method: 'DELETE',
  path: ENDPOINT,
  access: 'admin',
  idempotent: true,
  guarded: true,
  tags,
  summary: 'Delete a webhook endpoint',
  description: 'Deletes an endpoint with its deliveries, and returns it as it was.',
  params: EndpointPath,
  response: { 200: WebhookEndpoint },
} satisfies Operation

export const WebhookEndpointsRotate = {
  operationId: 'WebhookEndpointsRotate',
  method: 'POST',
  path: `${ENDPOINT}/rotateSecret`,
  access: 'admin',
  idempotent: true,
  returnsSecret: true,
  tags,
  summary: "Rotate an endpoint's secret",
  description:
    'Replaces the secret of an endpoint, and returns the new one. Until the grace period ends, requests are signed with both.',
  params: EndpointPath,
  body: RotateWebhookSecret,
  example: { gracePeriod: 86_400 },
  response: { 200: NewWebhookEndpoint },
} satisfies Operation

export const WebhookEndpointsTest = {
  operationId: 'WebhookEndpointsTest',
  method: 'POST',
  path: `${ENDPOINT}/test`,
  access: 'admin',
  tags,
  summary: 'Test a webhook endpoint',
  description:
    'Sends a sample of an event now, and returns the attempt. Nothing is stored, and the attempt is not retried.',
  params: EndpointPath,
  body: TestWebhookEndpoint,
  example: { type: 'com.gigs.device.created' },
  response: { 200: WebhookAttempt },
} satisfies Operation

export const WebhookEndpointsReplay = {
  operationId: 'WebhookEndpointsReplay',
  method: 'POST',
  path: `${ENDPOINT}/replay`,
  access: 'admin',
  idempotent: true,
  tags,
  summary: 'Replay events',
  description:
    'Sends the events of a period again, if the endpoint is subscribed to their types. Events are kept for 30 days by default.',
  params: EndpointPath,
  body: ReplayWebhookEvents,
  example: { since: '2026-11-26T00:00:00Z', only: 'missing' },
  response: { 202: WebhookReplay },
} satisfies Operation

export const WebhookEndpointDeliveriesList = {
  operationId: 'WebhookEndpointDeliveriesList',
  method: 'GET',
  path: DELIVERIES,
  access: 'viewer',
  tags,
  summary: "List an endpoint's deliveries",
  description: 'Returns a list of the deliveries to an endpoint with their attempts, those of the newest events first.',
  params: EndpointPath,
  querystring: ListWebhookDeliveries,
  response: { 200: WebhookDeliveryList },
} satisfies Operation

export const WebhookEndpointDeliveriesRetrieve = {
  operationId: 'WebhookEndpointDeliveriesRetrieve',
  method: 'GET',
  path: DELIVERY,
  access: 'viewer',
  tags,
  summary: 'Retrieve a delivery',
  description: 'Retrieves a delivery with its attempts.',
  params: DeliveryPath,
  response: { 200: WebhookDelivery },
} satisfies Operation

export const WebhookEndpointDeliveriesRetry = {
  operationId: 'WebhookEndpointDeliveriesRetry',
  method: 'POST',
  path: `${DELIVERY}/retry`,
  access: 'admin',
  idempotent: true,
  tags,
  summary: 'Retry a delivery',
  description:
    'Sends a delivery again at once, whatever its status, and restarts its retry schedule. The endpoint must be enabled.',
  params: DeliveryPath,
  response: { 200: WebhookDelivery },
} satisfies Operation
