import { type Static, Type } from 'typebox'
import { closed, idOf, Metadata, nullable, oneOf, Timestamp } from './schemas.ts'

export const WebhookEndpointId = idOf(
  'whe',
  'Unique identifier for the webhook endpoint.',
  'whe_0SNlurA049MEWV3sQkqXQ2hdxHrT',
)
export const WebhookDeliveryId = idOf(
  'wdl',
  'Unique identifier for the webhook delivery.',
  'wdl_0SNlurA049MEWV5zNwqgwVtJ8bXK',
)

export const ENDPOINT_STATUSES = ['enabled', 'disabled'] as const
export const DISABLED_REASONS = ['manual', 'failing', 'gone'] as const
export const DELIVERY_STATUSES = ['pending', 'succeeded', 'failed'] as const

export const WebhookEndpoint = closed(
  {
    object: Type.Literal('webhookEndpoint'),
    id: WebhookEndpointId,
    metadata: Metadata,
    createdAt: Timestamp,
    url: Type.String({ description: 'Where events are sent.', examples: ['https://example.com/webhooks'] }),
    description: nullable(Type.String({ examples: ['Billing'] })),
    eventTypes: Type.Array(Type.String({ examples: ['com.gigs.device.*'] }), {
      description: 'The types of events that are sent. Empty means all.',
    }),
    status: oneOf(ENDPOINT_STATUSES),
    disabledReason: nullable(
      oneOf(DISABLED_REASONS, {
        description:
          'Why the endpoint is disabled: by a request, because it failed for five days, or because it responded with 410.',
      }),
    ),
    failingSince: nullable(
      Type.String({ ...Timestamp, description: 'The first failed attempt since the last one that succeeded.' }),
    ),
  },
  { title: 'WebhookEndpoint', description: 'A URL to which the events of a project are sent.' },
)
export type WebhookEndpoint = Static<typeof WebhookEndpoint>

export const WebhookAttempt = closed(
  {
    at: Type.String({ format: 'date-time', examples: ['2026-11-26T20:12:00.123Z'] }),
    milliseconds: Type.Integer({ description: 'How long the attempt took.', examples: [12] }),
    statusCode: nullable(
      Type.Integer({ description: 'The status of the response; null without one.', examples: [200] }),
    ),
    error: nullable(Type.String({ description: 'Why there was no response.', examples: ['connect ECONNREFUSED'] })),
    response: nullable(Type.String({ description: 'The first kilobyte of the response.', examples: ['ok'] })),
  },
  { title: 'WebhookAttempt', description: 'One attempt to send an event.' },
)
export type WebhookAttempt = Static<typeof WebhookAttempt>

export const WebhookDelivery = closed(
  {
    object: Type.Literal('webhookDelivery'),
    id: WebhookDeliveryId,
    createdAt: Timestamp,
    event: idOf('evt', 'The event that is sent.', 'evt_0SNlurA049MEWV2eYhP4dXqk1Jg9'),
    status: oneOf(DELIVERY_STATUSES),
    nextAttemptAt: nullable(
      Type.String({ format: 'date-time', description: 'When the next attempt is due; null if none is.' }),
    ),
    attempts: Type.Array(WebhookAttempt, { description: 'The last 20 attempts, oldest first.' }),
  },
  { title: 'WebhookDelivery', description: 'An event on its way to an endpoint, with the attempts to send it.' },
)
export type WebhookDelivery = Static<typeof WebhookDelivery>
