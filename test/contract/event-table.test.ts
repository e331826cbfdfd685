import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, describe, it } from 'node:test'
import type { Database } from '../../src/db/port.ts'
import { eventsOf, type TestEvent } from '../support/events.ts'
import {
  createDevice,
  createSim,
  createUser,
  createUserToken,
  makeEmail,
  makeIccid,
  makeImei,
} from '../support/factories.ts'
import { operations } from '../support/openapi-document.ts'
import { type ApiResponse, startServer, type TestProject } from '../support/server.ts'

const server = await startServer({ nodes: 2 })
const project = await server.addProject('acme', 'test')
const { call } = project

/** POSTs that change nothing. */
const READS = /Search$|Check$/

interface Scenario {
  operation: string
  what: string
  /** Creates what the request needs, and returns the request. */
  prepare(): Promise<[method: string, path: string, body?: object, headers?: Record<string, string>]>
  /** The events, in their order: the type without its prefix, and the properties that `previousData` holds. */
  events: string[]
}

const ndjson = { 'content-type': 'application/x-ndjson' }

/** A device with every property set. */
async function fullDevice(target: TestProject = project) {
  const user = await createUser(target)
  const sim = await createSim(target)
  return createDevice(target, { user: user.id, sims: [sim.id], name: 'Phone', metadata: { floor: '3' } })
}

/** The path of a new webhook endpoint, to which nothing can be sent. */
async function endpointPath(): Promise<string> {
  const { body } = await call('POST', './webhookEndpoints', { body: { url: 'http://localhost/' } })
  return `./webhookEndpoints/${body.id}`
}

const SCENARIOS: Scenario[] = [
  {
    operation: 'DevicesCreate',
    what: 'a device',
    prepare: async () => ['POST', './devices', { imei: makeImei(), user: (await createUser(project)).id }],
    events: ['device.created'],
  },
  {
    operation: 'DevicesCreate',
    what: 'with a placeholder SIM',
    prepare: async () => ['POST', './devices', { imei: makeImei(), sims: ['sim_test_esim'] }],
    events: ['sim.created', 'device.created'],
  },
  {
    operation: 'DevicesCreate',
    what: 'with `moveSims`',
    prepare: async () => {
      const { sims } = await fullDevice()
      return ['POST', './devices', { imei: makeImei(), sims: [sims[0].id], moveSims: true }]
    },
    events: ['device.updated: sims', 'device.created'],
  },
  {
    operation: 'DevicesUpdate',
    what: 'name and metadata',
    prepare: async () => ['PATCH', `./devices/${(await fullDevice()).id}`, { name: 'Other', metadata: { floor: '4' } }],
    events: ['device.updated: metadata, name'],
  },
  {
    operation: 'DevicesUpdate',
    what: 'another user',
    prepare: async () => ['PATCH', `./devices/${(await fullDevice()).id}`, { user: (await createUser(project)).id }],
    events: ['device.updated: user'],
  },
  {
    operation: 'DevicesUpdate',
    what: 'SIMs, with `moveSims`',
    prepare: async () => {
      const [from, to] = [await fullDevice(), await fullDevice()]
      return ['PATCH', `./devices/${to.id}`, { sims: [from.sims[0].id, 'sim_test_psim'], moveSims: true }]
    },
    events: ['sim.created', 'device.updated: sims', 'device.updated: sims'],
  },
  {
    operation: 'DevicesUpdate',
    what: 'with its current values',
    prepare: async () => {
      const { id, name, sims, user } = await fullDevice()
      return ['PATCH', `./devices/${id}`, { name, sims: [sims[0].id], user: user.id, metadata: { floor: '3' } }]
    },
    events: [],
  },
  {
    operation: 'DevicesDelete',
    what: 'a device',
    prepare: async () => ['DELETE', `./devices/${(await fullDevice()).id}`],
    events: ['device.deleted'],
  },
  ...[
    ['unassign', 'device.updated: name, sims, user'],
    ['keep', 'device.updated: sims'],
    ['delete', 'device.deleted'],
  ].map(([old, event]) => ({
    operation: 'DevicesReplace',
    what: `with \`old\` ${old}`,
    prepare: async (): ReturnType<Scenario['prepare']> => {
      const path = `./devices/${(await fullDevice()).id}/replacement`
      return ['POST', path, { imei: makeImei(), old }]
    },
    events: [event as string, 'device.created'],
  })),
  {
    operation: 'DevicesImport',
    what: 'created, updated and unchanged rows',
    prepare: async () => {
      const [changed, same] = [await fullDevice(), await fullDevice()]
      const rows = [
        { imei: changed.imei, name: 'Other' },
        { imei: same.imei },
        { imei: makeImei() },
        { imei: makeImei() },
      ]
      return ['POST', './devices/import?update=true', rows, ndjson]
    },
    events: ['device.created', 'device.created', 'device.updated: name'],
  },
  {
    operation: 'DevicesImport',
    what: 'the same, with `events=false`',
    prepare: async () => {
      const rows = [{ imei: (await fullDevice()).imei, name: 'Other' }, { imei: makeImei() }]
      return ['POST', './devices/import?update=true&events=false', rows, ndjson]
    },
    events: ['device.updated: name'],
  },
  {
    operation: 'UsersCreate',
    what: 'a user',
    prepare: async () => ['POST', './users', { email: makeEmail() }],
    events: ['user.created'],
  },
  {
    operation: 'UsersUpdate',
    what: 'name and metadata; their devices have no event',
    prepare: async () => {
      const { user } = await fullDevice()
      return ['PATCH', `./users/${user.id}`, { fullName: 'Jerry Smith', metadata: { customer: '1' } }]
    },
    events: ['user.updated: metadata, fullName'],
  },
  {
    operation: 'UsersDelete',
    what: 'a user with two devices and a token',
    prepare: async () => {
      const { user } = await fullDevice()
      await createDevice(project, { user: user.id })
      await createUserToken(project, user.id)
      return ['DELETE', `./users/${user.id}`]
    },
    events: ['device.updated: name, user', 'device.updated: user', 'user.deleted'],
  },
  {
    operation: 'UsersImport',
    what: 'created and updated rows',
    prepare: async () => {
      const rows = [{ email: (await createUser(project)).email, fullName: 'Other' }, { email: makeEmail() }]
      return ['POST', './users/import?update=true', rows, ndjson]
    },
    events: ['user.updated: fullName', 'user.created'],
  },
  {
    operation: 'UserTokensCreate',
    what: 'a token',
    prepare: async () => ['POST', `./users/${(await createUser(project)).id}/tokens`, {}],
    events: ['handset.userToken.created'],
  },
  {
    operation: 'UserTokensDelete',
    what: 'a token',
    prepare: async () => {
      const { id, user } = await createUserToken(project, (await createUser(project)).id)
      return ['DELETE', `./users/${user}/tokens/${id}`]
    },
    events: ['handset.userToken.deleted'],
  },
  {
    operation: 'SimsCreate',
    what: 'an active SIM',
    prepare: async () => ['POST', './sims', { iccid: makeIccid(), status: 'active' }],
    events: ['sim.created'],
  },
  ...[
    ['active', 'sim.activated'],
    ['inactive', 'sim.deactivated'],
    ['retired', 'sim.retired'],
  ].map(([status, event]) => ({
    operation: 'SimsUpdate',
    what: `status to ${status}`,
    prepare: async (): ReturnType<Scenario['prepare']> => {
      const sim = await createSim(project, { status: status === 'active' ? 'inactive' : 'active' })
      return ['PATCH', `./sims/${sim.id}`, { status }]
    },
    events: ['sim.updated: status', event as string],
  })),
  {
    operation: 'SimsUpdate',
    what: 'the provider of a SIM on a device; the device has no event',
    prepare: async () => ['PATCH', `./sims/${(await fullDevice()).sims[0].id}`, { provider: 'p9' }],
    events: ['sim.updated: provider'],
  },
  {
    operation: 'SimsDelete',
    what: 'a SIM',
    prepare: async () => ['DELETE', `./sims/${(await createSim(project)).id}`],
    events: ['sim.deleted'],
  },
  {
    operation: 'SimsImport',
    what: 'created and updated rows',
    prepare: async () => {
      const rows = [{ iccid: (await createSim(project)).iccid, status: 'active' }, { iccid: makeIccid() }]
      return ['POST', './sims/import?update=true', rows, ndjson]
    },
    events: ['sim.updated: status', 'sim.activated', 'sim.created'],
  },
  {
    operation: 'ApiKeysCreate',
    what: 'a key',
    prepare: async () => ['POST', './apiKeys', { name: 'backend' }],
    events: ['apiKey.created'],
  },
  {
    operation: 'ApiKeysDelete',
    what: 'a key',
    prepare: async () => [
      'DELETE',
      `./apiKeys/${(await call('POST', './apiKeys', { body: { name: 'old' } })).body.id}`,
    ],
    events: ['apiKey.deleted'],
  },
  {
    operation: 'ApiKeysDelete',
    what: 'a key that is already revoked',
    prepare: async () => {
      const path = `./apiKeys/${(await call('POST', './apiKeys', { body: { name: 'old' } })).body.id}`
      await call('DELETE', path)
      return ['DELETE', path]
    },
    events: [],
  },
  {
    operation: 'WebhookEndpointsCreate',
    what: 'an endpoint',
    prepare: async () => ['POST', './webhookEndpoints', { url: 'https://example.com/' }],
    events: ['handset.webhookEndpoint.created'],
  },
  {
    operation: 'WebhookEndpointsUpdate',
    what: 'its URL',
    prepare: async () => ['PATCH', await endpointPath(), { url: 'https://example.org/' }],
    events: ['handset.webhookEndpoint.updated: url'],
  },
  {
    operation: 'WebhookEndpointsUpdate',
    what: 'its status',
    prepare: async () => ['PATCH', await endpointPath(), { status: 'disabled' }],
    events: ['handset.webhookEndpoint.updated: status, disabledReason'],
  },
  {
    operation: 'WebhookEndpointsDelete',
    what: 'an endpoint',
    prepare: async () => ['DELETE', await endpointPath()],
    events: ['handset.webhookEndpoint.deleted'],
  },
  {
    operation: 'WebhookEndpointsRotate',
    what: 'its secret, which no event shows',
    prepare: async () => ['POST', `${await endpointPath()}/rotateSecret`, {}],
    events: [],
  },
  {
    operation: 'WebhookEndpointsTest',
    what: 'an endpoint',
    prepare: async () => ['POST', `${await endpointPath()}/test`, {}],
    events: [],
  },
  {
    operation: 'WebhookEndpointsReplay',
    what: 'events',
    prepare: async () => ['POST', `${await endpointPath()}/replay`, { since: '2026-01-01T00:00:00Z', only: 'missing' }],
    events: [],
  },
  {
    operation: 'WebhookEndpointDeliveriesRetry',
    what: 'a delivery',
    prepare: async () => {
      const path = await endpointPath()
      await createUser(project)
      await server.ordered()
      const { body } = await call('GET', `${path}/deliveries`)
      return ['POST', `${path}/deliveries/${body.items[0].id}/retry`]
    },
    events: [],
  },
]

/** An event as the table shows it. */
function describeEvent({ type, previousData }: TestEvent): string {
  const short = type.replace('com.gigs.', '')
  return previousData === undefined ? short : `${short}: ${Object.keys(previousData).join(', ')}`
}

function request([method, path, body, headers = {}]: Awaited<ReturnType<Scenario['prepare']>>): Promise<ApiResponse> {
  if (!Array.isArray(body)) return call(method, path, { ...(body && { body }), headers })
  return call(method, path, { raw: body.map((row) => `${JSON.stringify(row)}\n`).join(''), headers })
}

/** Each stored object as the API shows it: its id, with a text that changes when the object does. */
async function storedObjects(db: Database): Promise<Map<string, string>> {
  const all = new Map<string, string>()
  const read = async (sql: string) => {
    for (const { id, ...row } of await db.all<{ id: string }>(sql, [project.project.id]))
      all.set(id, JSON.stringify(row))
  }
  await read(
    'SELECT id, email, full_name, birthday, preferred_locale, email_verified, metadata FROM users WHERE project_id = $1',
  )
  await read('SELECT id, iccid, type, provider, status, metadata FROM sims WHERE project_id = $1')
  await read('SELECT id, name, role, expires_at, revoked_at FROM api_keys WHERE project_id = $1')
  await read('SELECT id, user_id, name, metadata, imei FROM devices WHERE project_id = $1')
  await read('SELECT id, url, status, description, event_types, metadata FROM webhook_endpoints WHERE project_id = $1')
  const onDevices =
    'SELECT id, device_id, device_position FROM sims WHERE project_id = $1 AND device_id IS NOT NULL ORDER BY id'
  for (const { device_id, ...sim } of await db.all<{ device_id: string }>(onDevices, [project.project.id])) {
    all.set(device_id, all.get(device_id) + JSON.stringify(sim))
  }
  return all
}

/** The ids of the objects that differ. */
function differences(before: Map<string, string>, now: Map<string, string>): string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter((id) => before.get(id) !== now.get(id)).sort()
}

const table: string[] = ['| operation | change | events, and what `previousData` holds |', '| --- | --- | --- |']

/** docs/contract.md §13. */
describe('the events of each operation', () => {
  for (const { operation, what, prepare, events } of SCENARIOS) {
    it(`${operation}, ${what}: ${events.join('; ') || 'none'}`, async () => {
      const prepared = await prepare()
      let changed: string[] = []
      const written = await eventsOf(project, async () => {
        const before = await storedObjects(server.context.db)
        const response = await request(prepared)
        assert.ok(response.status < 300, JSON.stringify(response.body))
        changed = differences(before, await storedObjects(server.context.db))
      })
      assert.deepEqual(written.map(describeEvent), events)
      const ids = new Set(written.filter(({ type }) => !type.includes('userToken')).map(({ data }) => data.id))
      if (!prepared[1].includes('events=false')) assert.deepEqual([...ids].sort(), changed)
      const shown = events.map((event) => `\`${event.replace(': ', '` (')}${event.includes(': ') ? ')' : '`'}`)
      table.push(`| ${operation} | ${what} | ${shown.join(', ') || 'none'} |`)
    })
  }

  it('covers every operation that changes something', () => {
    const changing = operations.filter(({ method, operationId }) => method !== 'GET' && !READS.test(operationId))
    const covered = new Set(SCENARIOS.map(({ operation }) => operation))
    assert.deepEqual(
      changing.map(({ operationId }) => operationId).filter((id) => !covered.has(id)),
      [],
    )
  })

  after(() => {
    const page = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8')
    assert.ok(
      page.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---').includes(table.join('\n')),
      `docs/events.md does not contain this table:\n${table.join('\n')}`,
    )
  })
})
