import { type Receiver, startReceiver } from './receiver.ts'
import type { Client, TestProject, TestServer } from './server.ts'

/** A webhook endpoint of a new project, and its receiver. */
export interface TestEndpoint {
  project: TestProject
  call: Client
  receiver: Receiver
  /** The path of the endpoint, below the project. */
  path: string
  secret: string
  /** Its deliveries, newest first. */
  // biome-ignore lint/suspicious/noExplicitAny: each test asserts the parts of a delivery that it is about
  deliveries(filters?: string): Promise<any[]>
  /** Causes an event `com.gigs.user.created`. Returns the user. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  change(): Promise<any>
}

let emails = 0

/** Adds a project with an endpoint, which gets the events of users unless `body` says otherwise. */
export async function addEndpoint(server: TestServer, projectId: string, body: object = {}): Promise<TestEndpoint> {
  const project = await server.addProject(projectId, 'test')
  const { call } = project
  const receiver = await startReceiver()
  const created = await call('POST', './webhookEndpoints', {
    body: { url: receiver.url, eventTypes: ['com.gigs.user.*'], ...body },
  })
  const path = `./webhookEndpoints/${created.body.id}`
  return {
    project,
    call,
    receiver,
    path,
    secret: created.body.secret,
    deliveries: async (filters = '') => (await call('GET', `${path}/deliveries?limit=200${filters}`)).body.items,
    change: async () => (await call('POST', './users', { body: { email: `hook${emails++}@example.com` } })).body,
  }
}
