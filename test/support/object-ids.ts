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
  return {
    project: project.project.id,
    device: (await createDevice(project)).id,
    user: user.id,
    token: (await createUserToken(project, user.id)).id,
    sim: (await createSim(project)).id,
    apiKey: (await createApiKey(project, 'viewer')).id,
    deviceModel: models.body.items[0].id,
    event: await lastEventOf(project, user.id),
  }
}

/** The path of an operation with these ids. */
export function pathWith(ids: ObjectIds, { path }: { path: string }): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[name]
    assert.ok(id, `the tests have an id for {${name}}`)
    return id
  })
}
