import assert from 'node:assert/strict'
import { after, it } from 'node:test'
import { pino } from 'pino'
import { buildApp } from '../../src/app.ts'
import { systemCaller } from '../../src/caller.ts'
import { loadHttpSettings } from '../../src/config.ts'
import type { Database } from '../../src/db/port.ts'
import { createIdSource, timeOfId } from '../../src/domain/id.ts'
import { insertDeliveries } from '../../src/events/webhooks/deliveries.ts'
import { createWebhooks } from '../../src/events/webhooks/webhooks.ts'
import { createKey } from '../../src/resources/api-keys/api-keys.ts'
import { createProject } from '../../src/resources/projects/projects.ts'
import { createEndpoint } from '../../src/resources/webhook-endpoints/webhook-endpoints.ts'
import { bringUpToDate } from '../../src/serve/open.ts'
import { makeEmail } from '../support/factories.ts'
import { makeStore, openStore, type StoreSettings } from '../support/store.ts'

const settings = loadHttpSettings({})

/** A new store with projects. Returns it with a token of each project. */
async function makeProjects(count: number): Promise<{ store: StoreSettings; tokens: Map<string, string> }> {
  const store = await makeStore()
  const db = openStore(store)
  const context = await bringUpToDate(db, Date.now, settings)
  const tokens = new Map<string, string>()
  for (let made = 0; made < count; made++) {
    const project = await createProject(context, { id: `project-${made}`, type: 'test' })
    tokens.set(project.id, (await createKey(context, project, { name: 'test', role: 'admin' })).token)
  }
  await db.close()
  return { store, tokens }
}

/**
 * Starts a server whose clock is fixed at a time, creates a user in each project, then one more in each, and stops it.
 * Returns the ids of all users of each project, newest first.
 */
async function createUsersAt(time: number, store: StoreSettings, tokens: Map<string, string>): Promise<string[][]> {
  const db = openStore(store)
  const clock = () => time
  const { newId } = await bringUpToDate(db, clock, settings)
  const app = await buildApp({ db, clock, newId, logger: pino({ level: 'silent' }), settings })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const users: string[][] = []
  for (const turn of ['first', 'last']) {
    for (const [project, token] of tokens) {
      const url = `${address}/projects/${project}/users`
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const created = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ email: makeEmail() }) })
      assert.equal(created.status, 201, await created.text())
      if (turn === 'first') continue
      const { items } = (await (await fetch(url, { headers })).json()) as { items: { id: string }[] }
      users.push(items.map(({ id }) => id))
    }
  }
  await app.close()
  await db.close()
  return users
}

it('sorts new objects of every project above older ones, even if the clock was set back during a restart', async () => {
  const { store, tokens } = await makeProjects(12)
  const now = Date.now()
  const first = await createUsersAt(now + 7_200_000, store, tokens)
  const second = await createUsersAt(now + 3_600_000, store, tokens)
  const third = await createUsersAt(now, store, new Map([...tokens].reverse()))
  for (const [position, users] of third.reverse().entries()) {
    assert.equal(users.length, 6)
    assert.deepEqual(users.slice(2), second[position])
    assert.deepEqual(users.slice(4), first[position])
    assert.deepEqual(users, [...users].sort().reverse())
  }
})

it('continues after the ids of deliveries too', async () => {
  const db = openStore(await makeStore())
  after(() => db.close())
  const context = await bringUpToDate(db, Date.now, settings)
  const project = await createProject(context, { id: 'acme', type: 'test' })
  const input = { url: 'https://example.com', eventTypes: [] }
  const made = await createEndpoint(createWebhooks(settings.webhooks), context, systemCaller(project), input)
  const later = Date.now() + 3_600_000
  const { id, createdAt } = createIdSource(() => later)('wdl', project.tag)
  const times = { createdAt, nextAttemptAt: new Date(later).toISOString() }
  await insertDeliveries(db, project.id, [{ id, endpointId: JSON.parse(made).id, eventId: 'evt_1', ...times }])
  const restarted = await bringUpToDate(db, Date.now, settings)
  const { id: key } = await createKey(restarted, project, { name: 'test', role: 'admin' })
  assert.ok(timeOfId(key) > later)
})

it('starts with the same number of statements, however many projects there are', async () => {
  assert.equal(await countStatementsOfStart(20), await countStatementsOfStart(1))
})

async function countStatementsOfStart(projects: number): Promise<number> {
  const { store } = await makeProjects(projects)
  const db = openStore(store)
  after(() => db.close())
  let statements = 0
  const counted: Database = {
    ...db,
    all(sql, parameters) {
      statements++
      return db.all(sql, parameters)
    },
    get(sql, parameters) {
      statements++
      return db.get(sql, parameters)
    },
  }
  await bringUpToDate(counted, Date.now, settings)
  return statements
}
