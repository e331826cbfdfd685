import assert from 'node:assert/strict'
import { after, it } from 'node:test'
import { pino } from 'pino'
import { buildApp } from '../../src/app.ts'
import { systemCaller } from '../../src/caller.ts'
import { loadHttpSettings } from '../../src/config.ts'
import { newestIdTime } from '../../src/db/newest-id.ts'
import { createIdSource } from '../../src/domain/id.ts'
import { insertDeliveries } from '../../src/events/webhooks/deliveries.ts'
import { createWebhooks } from '../../src/events/webhooks/webhooks.ts'
import { createKey } from '../../src/resources/api-keys/api-keys.ts'
import { createProject, requireProject } from '../../src/resources/projects/projects.ts'
import { createEndpoint } from '../../src/resources/webhook-endpoints/webhook-endpoints.ts'
import { bringUpToDate } from '../../src/serve/open.ts'
import { makeEmail } from '../support/factories.ts'
import { makeStore, openStore } from '../support/store.ts'

const store = await makeStore()

/** Starts a server whose clock is fixed at a time, creates two users, and stops it. Returns the ids of all users. */
async function createUsersAt(time: number): Promise<string[]> {
  const db = openStore(store)
  const clock = () => time
  const context = await bringUpToDate(db, clock, loadHttpSettings({}))
  const isNew = (await context.db.all('SELECT id FROM projects')).length === 0
  if (isNew) await createProject(context, { id: 'acme', type: 'test' })
  const { token } = await createKey(context, await requireProject(context, 'acme'), { name: 'test', role: 'admin' })
  const { newId } = context
  const app = await buildApp({ db, clock, newId, logger: pino({ level: 'silent' }), settings: loadHttpSettings({}) })
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/projects/acme/users`
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  for (let made = 0; made < 2; made++) {
    const created = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ email: makeEmail() }) })
    assert.equal(created.status, 201, await created.text())
  }
  const { items } = (await (await fetch(url, { headers })).json()) as { items: { id: string }[] }
  await app.close()
  await db.close()
  return items.map(({ id }) => id)
}

it('sorts new objects above older ones, even if the clock was set back during a restart', async () => {
  const now = Date.now()
  const first = await createUsersAt(now)
  const second = await createUsersAt(now - 3_600_000)
  const third = await createUsersAt(now - 7_200_000)
  assert.deepEqual(second.slice(2), first)
  assert.deepEqual(third.slice(2), second)
  assert.deepEqual(third, [...third].sort().reverse())
})

it('continues after the ids of deliveries too', async () => {
  const db = openStore(await makeStore())
  after(() => db.close())
  const settings = loadHttpSettings({})
  const context = await bringUpToDate(db, Date.now, settings)
  const project = await createProject(context, { id: 'acme', type: 'test' })
  const input = { url: 'https://example.com', eventTypes: [] }
  const made = await createEndpoint(createWebhooks(settings.webhooks), context, systemCaller(project), input)
  const later = Date.now() + 3_600_000
  const { id, createdAt } = createIdSource(() => later)('wdl', project.tag)
  const times = { createdAt, nextAttemptAt: new Date(later).toISOString() }
  await insertDeliveries(db, project.id, [{ id, endpointId: JSON.parse(made).id, eventId: 'evt_1', ...times }])
  assert.equal(await newestIdTime(db), later)
})
