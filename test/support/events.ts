import assert from 'node:assert/strict'
import { createUser } from './factories.ts'
import type { TestProject } from './server.ts'

/** An event as a test reads it. */
export interface TestEvent {
  id: string
  type: string
  actor: { type: string }
  requestId: string | null
  // biome-ignore lint/suspicious/noExplicitAny: each test asserts the parts of a resource that it is about
  data: any
  previousData?: Record<string, unknown>
}

/** The id of the newest event of a project, once all events of the changes before this call are listed. */
export async function newestEvent(project: TestProject): Promise<string> {
  return lastEventOf(project, (await createUser(project)).id)
}

/** The id of the newest event of an object. */
export async function lastEventOf({ call }: TestProject, id: string): Promise<string> {
  const { body } = await call('GET', `./events?object=${id}&wait=10`)
  return body.items[0].id
}

/** The events after this one, oldest first, up to a user that this function creates: by then, all have been listed. */
export async function eventsSince(project: TestProject, start: string): Promise<TestEvent[]> {
  const last = await createUser(project)
  const events: TestEvent[] = []
  for (let cursor = start; ; cursor = events.at(-1)?.id ?? start) {
    const { status, body } = await project.call('GET', `./events?before=${cursor}&limit=200&wait=10`)
    assert.equal(status, 200, JSON.stringify(body))
    assert.ok(body.items.length > 0, 'the event of an acknowledged change was not listed within ten seconds')
    for (const event of body.items.reverse()) {
      if (event.data.id === last.id) return events
      events.push(event)
    }
  }
}

/** The events of what `work` does, oldest first. */
export async function eventsOf(project: TestProject, work: () => Promise<unknown>): Promise<TestEvent[]> {
  const start = await newestEvent(project)
  await work()
  return eventsSince(project, start)
}
