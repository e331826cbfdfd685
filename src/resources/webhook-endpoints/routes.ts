import type { Webhooks } from '../../events/webhooks/webhooks.ts'
import { type ObjectFinder, objectRoute, type Route, route } from '../../http/route.ts'
import { getDelivery, listDeliveries, replayEvents, retryDelivery, testEndpoint } from './deliveries.ts'
import {
  WebhookEndpointDeliveriesList,
  WebhookEndpointDeliveriesRetrieve,
  WebhookEndpointDeliveriesRetry,
  WebhookEndpointsCreate,
  WebhookEndpointsDelete,
  WebhookEndpointsList,
  WebhookEndpointsReplay,
  WebhookEndpointsRetrieve,
  WebhookEndpointsRotate,
  WebhookEndpointsTest,
  WebhookEndpointsUpdate,
} from './schema.ts'
import {
  createEndpoint,
  getEndpoint,
  listEndpoints,
  removeEndpoint,
  rotateSecret,
  updateEndpoint,
} from './webhook-endpoints.ts'

/** Finds a delivery of the endpoint that the path names. */
const findDelivery: ObjectFinder = async (db, caller, id, { params }) => {
  const endpointId = params.webhookEndpoint as string
  await getEndpoint(db, caller, endpointId)
  return getDelivery(db, caller, { endpointId, id })
}

/** The routes, whose handlers ask for the webhooks when they need them. */
export function webhookEndpointRoutes(webhooks: () => Webhooks): readonly Route[] {
  return [
    route(WebhookEndpointsCreate, ({ context, caller, body }) => createEndpoint(webhooks(), context, caller, body)),
    route(WebhookEndpointsList, ({ context, caller, query }) => listEndpoints(context, caller, query)),
    objectRoute(WebhookEndpointsRetrieve, getEndpoint, ({ found }) => found),
    objectRoute(WebhookEndpointsUpdate, getEndpoint, ({ context, caller, params, body, precondition }) =>
      updateEndpoint(webhooks(), context, caller, params.webhookEndpoint, body, precondition),
    ),
    objectRoute(WebhookEndpointsDelete, getEndpoint, ({ context, caller, params, precondition }) =>
      removeEndpoint(context, caller, params.webhookEndpoint, precondition),
    ),
    objectRoute(WebhookEndpointsRotate, getEndpoint, ({ context, caller, params, body }) =>
      rotateSecret(webhooks(), context, caller, params.webhookEndpoint, body),
    ),
    objectRoute(WebhookEndpointsTest, getEndpoint, ({ context, caller, found, body }) =>
      testEndpoint(webhooks(), context, caller, JSON.parse(found), body),
    ),
    objectRoute(WebhookEndpointsReplay, getEndpoint, ({ context, caller, params, body }) =>
      replayEvents(context, caller, params.webhookEndpoint, body),
    ),
    objectRoute(WebhookEndpointDeliveriesList, getEndpoint, ({ context, caller, params, query }) =>
      listDeliveries(context, caller, params.webhookEndpoint, query),
    ),
    objectRoute(WebhookEndpointDeliveriesRetrieve, findDelivery, ({ found }) => found),
    objectRoute(WebhookEndpointDeliveriesRetry, findDelivery, ({ context, caller, params }) =>
      retryDelivery(context, caller, { endpointId: params.webhookEndpoint, id: params.webhookDelivery }),
    ),
  ]
}
