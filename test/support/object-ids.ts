import assert from 'node:assert/strict'
import { lastEventOf } from './events.ts'
import { createApiKey, createDevice, createSim, createUser, createUserToken } from './factories.ts'
import type { TestProject } from './server.ts'

/** Ids by the name of their path parameter. */
export type ObjectIds = Record<string, string>

/** New objects of a project: an id for every parameter that a path can have. A new kind of object needs one here. */
export async function makeObjectIds(project: TestProject): Promise<ObjectIds> {
  const models = await project.call('GET', '/deviceModels?limit=1')
  const user = await createUser(project)
  const event = await lastEventOf(project, user.id)
  return {
    project: project.project.id,
    device: (await createDevice(project)).id,
    user: user.id,
    token: (await createUserToken(project, user.id)).id,
    sim: (await createSim(project)).id,
    apiKey: (await createApiKey(project, 'viewer')).id,
    deviceModel: models.body.items[0].id,
    event,
    ...(await makeWebhookIds(project)),
  }
}

/** The ids of an endpoint, to which nothing can be sent, and of a delivery to it. The project has events. */
export async function makeWebhookIds({ call }: TestProject): Promise<ObjectIds> {
  // A project can have few endpoints, so they are reused.
  const { body } = await call('GET', './webhookEndpoints?limit=1')
  const endpoint =
    body.items[0] ?? (await call('POST', './webhookEndpoints', { body: { url: 'http://localhost/' } })).body
  const path = `./webhookEndpoints/${endpoint.id}`
  await call('PATCH', path, { body: { url: 'http://localhost/', status: 'enabled' } })
  await call('POST', `${path}/replay`, { body: { since: '2020-01-01T00:00:00Z', only: 'missing' } })
  const deliveries = await call('GET', `${path}/deliveries?limit=1`)
  return { webhookEndpoint: endpoint.id, webhookDelivery: deliveries.body.items[0].id }
}

/** The path of an operation with these ids. */
export function pathWith(ids: ObjectIds, { path }: { path: string }): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[name]
    assert.ok(id, `the tests have an id for {${name}}`)
    return id
  })
}
