import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createKey, revokeKey } from '../../src/resources/api-keys/api-keys.ts'
import { newestEvent } from '../support/events.ts'
import {
  createApiKey,
  createDevice,
  createSim,
  createUser,
  createUserClient,
  createUserToken,
  makeEmail,
  makeIccid,
  makeImei,
} from '../support/factories.ts'
import { makeWebhookIds } from '../support/object-ids.ts'
import { operations } from '../support/openapi-document.ts'
import { type Client, startServer, type TestProject } from '../support/server.ts'

let offset = 0
const server = await startServer({ clock: () => Date.now() + offset })
const demo = await server.addProject('demo', 'test')
const foreign = await server.addProject('foreign', 'test')

/**
 * The status that each operation returns to an API key, to the user whose object the path names, and to another user.
 */
const EXPECTED: Record<string, [key: number, owner: number, other: number]> = {
  DevicesCreate: [201, 201, 201],
  DevicesList: [200, 200, 200],
  DevicesSearch: [200, 200, 200],
  DevicesRetrieve: [200, 200, 404],
  DevicesUpdate: [200, 200, 404],
  DevicesDelete: [200, 200, 404],
  DevicesReplace: [201, 201, 404],
  DevicesImport: [200, 403, 403],
  DevicesExport: [200, 403, 403],
  DevicesStatistics: [200, 403, 403],
  DevicesCount: [200, 403, 403],
  UsersCount: [200, 403, 403],
  UsersDevices: [200, 403, 403],
  SimsCount: [200, 403, 403],
  UsersCreate: [201, 403, 403],
  UsersList: [200, 200, 200],
  UsersSearch: [200, 200, 200],
  UsersImport: [200, 403, 403],
  UsersExport: [200, 403, 403],
  UsersRetrieve: [200, 200, 404],
  UsersUpdate: [200, 403, 404],
  UsersDelete: [200, 403, 404],
  UserTokensCreate: [201, 403, 404],
  UserTokensList: [200, 403, 404],
  UserTokensDelete: [200, 403, 404],
  SimsCreate: [201, 403, 403],
  SimsList: [200, 200, 200],
  SimsSearch: [200, 200, 200],
  SimsImport: [200, 403, 403],
  SimsExport: [200, 403, 403],
  SimsRetrieve: [200, 200, 404],
  SimsUpdate: [200, 403, 404],
  SimsDelete: [422, 403, 404],
  ProjectsList: [200, 200, 200],
  ProjectsRetrieve: [200, 200, 200],
  DeviceModelBrandsList: [200, 200, 200],
  DeviceModelCatalogueRetrieve: [200, 200, 200],
  DeviceModelsList: [200, 200, 200],
  DeviceModelsRetrieve: [200, 200, 200],
  DeviceModelsSearch: [200, 200, 200],
  DeviceModelsCheck: [200, 200, 200],
  EventsList: [200, 403, 403],
  EventsRetrieve: [200, 403, 403],
  ApiKeysCreate: [201, 403, 403],
  ApiKeysList: [200, 403, 403],
  ApiKeysRetrieve: [200, 403, 403],
  ApiKeysDelete: [200, 403, 403],
  WebhookEndpointsCreate: [201, 403, 403],
  WebhookEndpointsList: [200, 403, 403],
  WebhookEndpointsRetrieve: [200, 403, 403],
  WebhookEndpointsUpdate: [200, 403, 403],
  WebhookEndpointsDelete: [200, 403, 403],
  WebhookEndpointsRotate: [200, 403, 403],
  WebhookEndpointsTest: [200, 403, 403],
  WebhookEndpointsReplay: [202, 403, 403],
  WebhookEndpointDeliveriesList: [200, 403, 403],
  WebhookEndpointDeliveriesRetrieve: [200, 403, 403],
  WebhookEndpointDeliveriesRetry: [200, 403, 403],
}

const BODIES: Record<string, () => object> = {
  DevicesCreate: () => ({ imei: makeImei() }),
  DevicesUpdate: () => ({ name: 'renamed' }),
  DevicesReplace: () => ({ imei: makeImei() }),
  DevicesImport: () => ({ imei: makeImei() }),
  UsersImport: () => ({ email: makeEmail() }),
  SimsImport: () => ({ iccid: makeIccid() }),
  DevicesSearch: () => ({ imei: makeImei() }),
  UsersCreate: () => ({ email: makeEmail() }),
  UsersUpdate: () => ({ fullName: 'Renamed' }),
  UsersSearch: () => ({ email: makeEmail() }),
  UserTokensCreate: () => ({}),
  SimsCreate: () => ({ iccid: makeIccid() }),
  SimsUpdate: () => ({ provider: 'p2' }),
  SimsSearch: () => ({ iccid: makeIccid() }),
  DeviceModelsSearch: () => ({ imei: '492388841798923' }),
  DeviceModelsCheck: () => ({ imei: '492388841798923' }),
  ApiKeysCreate: () => ({ name: 'backend' }),
  WebhookEndpointsCreate: () => ({ url: 'http://localhost/' }),
  WebhookEndpointsUpdate: () => ({ description: 'Billing' }),
  WebhookEndpointsRotate: () => ({}),
  WebhookEndpointsTest: () => ({}),
  WebhookEndpointsReplay: () => ({ since: '2020-01-01T00:00:00Z', only: 'failed' }),
}

/** The request body of an operation: JSON, or one line of it where it streams. */
function bodyOf(operationId: string): { body?: object; raw?: string; headers?: Record<string, string> } {
  const body = BODIES[operationId]?.()
  if (body === undefined) return {}
  if (!operationId.endsWith('Import')) return { body }
  return { raw: `${JSON.stringify(body)}\n`, headers: { 'content-type': 'application/x-ndjson' } }
}

/** The path of an operation, with the ids of a device with a SIM and of their user. */
async function fillPath(path: string, owner: { id: string }): Promise<string> {
  const sim = await createSim(demo)
  const device = await createDevice(demo, { user: owner.id, sims: [sim.id] })
  const models = await demo.call('GET', '/deviceModels?limit=1')
  const webhook = path.includes('{webhookEndpoint}') ? await makeWebhookIds(demo) : {}
  return path
    .replace('{webhookEndpoint}', webhook.webhookEndpoint ?? '')
    .replace('{webhookDelivery}', webhook.webhookDelivery ?? '')
    .replace('{project}', demo.project.id)
    .replace('{device}', device.id)
    .replace('{user}', owner.id)
    .replace('{sim}', sim.id)
    .replace('{token}', (await createUserToken(demo, owner.id)).id)
    .replace('{deviceModel}', models.body.items[0].id)
    .replace('{apiKey}', (await createApiKey(demo, 'editor')).id)
    .replace('{event}', path.includes('{event}') ? await newestEvent(demo) : '')
}

/** The callers, and how each maps to the statuses above. */
const CALLERS: [string, (owner: { id: string }) => Promise<Client>, (expected: number[], path: string) => number][] = [
  ['a key', async () => demo.call, ([key]) => key as number],
  ['the user itself', (owner) => createUserClient(server, demo, owner.id), ([, owner]) => owner as number],
  [
    'another user',
    async () => createUserClient(server, demo, (await createUser(demo)).id),
    ([, , other]) => other as number,
  ],
  [
    "another project's key",
    async () => foreign.call,
    ([key], path) => (path.includes('{project}') ? 404 : (key as number)),
  ],
  [
    "another project's user",
    async () => createUserClient(server, foreign, (await createUser(foreign)).id),
    ([, owner], path) => (path.includes('{project}') ? 404 : (owner as number)),
  ],
  ['an expired token', async (owner) => expiredClient(owner), () => 401],
  ['an expired key', async () => atALaterTime(await keyClient({ expiresIn: 60 })), () => 401],
  ['a revoked key', async () => keyClient({ revoked: true }), () => 401],
  ['a token whose user is deleted', async () => endedClient(), () => 401],
]

async function expiredClient(owner: { id: string }): Promise<Client> {
  return atALaterTime(await createUserClient(server, demo, owner.id, 60))
}

async function keyClient({ expiresIn, revoked }: { expiresIn?: number; revoked?: boolean }): Promise<Client> {
  const { id, token } = await createKey(server.context, demo.project, { name: 'another', role: 'admin', expiresIn })
  if (revoked) await revokeKey(server.context, demo.project, id)
  return server.clientWith(token, demo.project.id)
}

function atALaterTime(client: Client): Client {
  return async (...asked) => {
    offset += 61_000
    try {
      return await client(...asked)
    } finally {
      offset -= 61_000
    }
  }
}

async function endedClient(): Promise<Client> {
  const user = await createUser(demo)
  const client = await createUserClient(server, demo, user.id)
  assert.equal((await demo.call('DELETE', `./users/${user.id}`)).status, 200)
  return client
}

describe('every operation, for every kind of caller', () => {
  it('is covered', () => {
    assert.deepEqual(Object.keys(EXPECTED).sort(), operations.map(({ operationId }) => operationId).sort())
  })

  it('returns 403 to a user from exactly the operations that declare it', () => {
    const denied = operations.filter(({ operationId }) => EXPECTED[operationId]?.[1] === 403)
    const declared = operations.filter((operation) => !['open', 'user'].includes(operation['x-handset-access']))
    assert.deepEqual(
      denied.map(({ operationId }) => operationId),
      declared.map(({ operationId }) => operationId),
    )
  })

  for (const { operationId, method, path } of operations) {
    for (const [who, makeClient, pick] of CALLERS) {
      const expected = pick(EXPECTED[operationId] ?? [], path)
      it(`returns ${expected} from ${operationId} to ${who}`, async () => {
        const owner = await createUser(demo)
        const client = await makeClient(owner)
        const target = await fillPath(path, owner)
        const { status } = await client(method, target, bodyOf(operationId))
        assert.equal(status, expected)
      })
    }
  }
})

/** docs/contract.md §10. */
describe('user tokens', () => {
  async function signIn(project: TestProject = demo) {
    const user = await createUser(project)
    return { user, call: await createUserClient(server, project, user.id) }
  }

  it('last an hour by default and are shown once', async () => {
    const user = await createUser(demo)
    const { status, body } = await demo.call('POST', `./users/${user.id}/tokens`, { body: {} })
    assert.equal(status, 201)
    assert.equal(body.user, user.id)
    assert.equal(Date.parse(body.expiresAt) - Date.parse(body.createdAt), 3_600_000)
    assert.match(body.token, /^hut_/)
  })

  it('last from 1 to 2,592,000 seconds', async () => {
    const user = await createUser(demo)
    for (const [expiresIn, status] of [
      [1, 201],
      [2_592_000, 201],
      [0, 422],
      [2_592_001, 422],
      [1.5, 422],
      ['60', 422],
      [null, 422],
    ] as const) {
      const response = await demo.call('POST', `./users/${user.id}/tokens`, { body: { expiresIn } })
      assert.equal(response.status, status, String(expiresIn))
    }
  })

  it('see their own devices, the SIMs on them and their own user, and nothing else', async () => {
    const { user, call } = await signIn()
    const sim = await createSim(demo)
    const device = await createDevice(demo, { user: user.id, sims: [sim.id] })
    const free = await createDevice(demo)
    const loose = await createSim(demo)
    const ids = async (path: string) => (await call('GET', path)).body.items.map((item: { id: string }) => item.id)
    assert.deepEqual(await ids('./devices'), [device.id])
    assert.deepEqual(await ids('./sims'), [sim.id])
    assert.deepEqual(await ids('./users'), [user.id])
    assert.deepEqual(await ids(`./devices?user=${(await createUser(demo)).id}`), [])
    assert.equal((await call('GET', `./devices/${free.id}`)).status, 404)
    assert.equal((await call('GET', `./sims/${loose.id}`)).status, 404)
    assert.deepEqual((await call('POST', './sims/search', { body: { iccid: loose.iccid } })).body.items, [])
    assert.equal((await call('POST', './sims/search', { body: { iccid: sim.iccid } })).body.items[0].id, sim.id)
    assert.equal((await call('POST', './users/search', { body: { email: user.email } })).body.items[0].id, user.id)
  })

  it('find their own devices and those without a user by IMEI', async () => {
    const { user, call } = await signIn()
    const stranger = await createUser(demo)
    const found = async (imei: string) => (await call('POST', './devices/search', { body: { imei } })).body.items.length
    assert.equal(await found((await createDevice(demo, { user: user.id })).imei), 1)
    assert.equal(await found((await createDevice(demo)).imei), 1)
    assert.equal(await found((await createDevice(demo, { user: stranger.id })).imei), 0)
  })

  it('create devices that belong to them, whether they name themselves or no user', async () => {
    const { user, call } = await signIn()
    for (const naming of [{}, { user: null }, { user: user.id }]) {
      const { status, body } = await call('POST', './devices', { body: { imei: makeImei(), ...naming } })
      assert.equal(status, 201)
      assert.equal(body.user.id, user.id)
    }
  })

  it('are rejected with 403 when they name another user, before anything else in the body is validated', async () => {
    const { call } = await signIn()
    const stranger = await createUser(demo)
    const creation = await call('POST', './devices', { body: { imei: 'x', user: stranger.id } })
    assert.equal(creation.status, 403)
    const own = (await call('POST', './devices', { body: { imei: makeImei() } })).body
    assert.equal((await call('PATCH', `./devices/${own.id}`, { body: { user: stranger.id } })).status, 403)
  })

  it('claim a device that has no user', async () => {
    const { user, call } = await signIn()
    const free = await createDevice(demo)
    const { status, body } = await call('PATCH', `./devices/${free.id}`, { body: { user: user.id, name: 'Mine' } })
    assert.equal(status, 200)
    assert.equal(body.user.id, user.id)
    assert.equal(body.name, 'Mine')
  })

  it('can change a device without a user only by claiming it', async () => {
    const { call } = await signIn()
    const free = await createDevice(demo)
    for (const body of [{ name: 'x' }, {}, { user: null }]) {
      assert.equal((await call('PATCH', `./devices/${free.id}`, { body })).status, 404)
    }
    assert.equal((await call('DELETE', `./devices/${free.id}`)).status, 404)
    assert.deepEqual((await demo.call('GET', `./devices/${free.id}`)).body, free)
  })

  it('cannot see a device that another user has claimed', async () => {
    const [first, second] = [await signIn(), await signIn()]
    const free = await createDevice(demo)
    await first.call('PATCH', `./devices/${free.id}`, { body: { user: first.user.id } })
    assert.equal((await second.call('PATCH', `./devices/${free.id}`, { body: { user: second.user.id } })).status, 404)
  })

  it('can release their own device, and can then no longer see it', async () => {
    const { user, call } = await signIn()
    const device = await createDevice(demo, { user: user.id })
    const { status, body } = await call('PATCH', `./devices/${device.id}`, { body: { user: null } })
    assert.equal(status, 200)
    assert.equal(body.user, null)
    assert.equal((await call('GET', `./devices/${device.id}`)).status, 404)
  })

  it('reorder and detach SIMs on their devices, and attach none from elsewhere', async () => {
    const { user, call } = await signIn()
    const [one, two, loose] = [await createSim(demo), await createSim(demo), await createSim(demo)]
    const device = await createDevice(demo, { user: user.id, sims: [one.id, two.id] })
    const patch = (sims: string[]) => call('PATCH', `./devices/${device.id}`, { body: { sims } })
    assert.deepEqual((await patch([two.id, one.id])).body.sims, [two, one])
    assert.equal((await patch([two.id, loose.id])).status, 404)
    assert.deepEqual((await patch([two.id])).body.sims, [two])
    assert.equal((await patch([one.id])).status, 404)
    assert.equal((await call('POST', './devices', { body: { imei: makeImei(), sims: [loose.id] } })).status, 404)
  })

  it('are listed without the token while they are valid, newest first, and only to API keys', async () => {
    const user = await createUser(demo)
    const list = async (query = '') => (await demo.call('GET', `./users/${user.id}/tokens${query}`)).body
    assert.deepEqual(await list(), { object: 'list', items: [], moreItemsAfter: null, moreItemsBefore: null })
    const { token: _token, ...short } = await createUserToken(demo, user.id, 60)
    const { token: _other, ...long } = await createUserToken(demo, user.id, 3_600)
    await createUserToken(demo, (await createUser(demo)).id)
    assert.deepEqual((await list()).items, [long, short])
    assert.deepEqual(await list('?limit=1'), {
      ...{ object: 'list', items: [long] },
      ...{ moreItemsAfter: long.id, moreItemsBefore: null },
    })
    assert.deepEqual((await list(`?limit=1&after=${long.id}`)).items, [short])
    offset += 61_000
    try {
      assert.deepEqual((await list()).items, [long])
      assert.equal((await demo.call('DELETE', `./users/${user.id}/tokens/${short.id}`)).status, 404)
    } finally {
      offset -= 61_000
    }
  })

  it('can be revoked one by one: the next request with one is 401', async () => {
    const user = await createUser(demo)
    const { token, ...revoked } = await createUserToken(demo, user.id)
    const call = server.clientWith(token, 'demo')
    const other = await createUserClient(server, demo, user.id)
    assert.equal((await call('GET', './devices')).status, 200)
    const path = `./users/${user.id}/tokens/${revoked.id}`
    const headers = { 'idempotency-key': `revoke ${revoked.id}` }
    const { status, body } = await demo.call('DELETE', path, { headers })
    assert.equal(status, 200)
    assert.deepEqual(body, revoked)
    assert.equal((await call('GET', './devices')).status, 401)
    assert.equal((await other('GET', './devices')).status, 200)
    assert.deepEqual((await demo.call('DELETE', path, { headers })).body, revoked)
    assert.equal((await demo.call('DELETE', path)).status, 404)
  })

  it('are found only below their own user', async () => {
    const { id } = await createUserToken(demo, (await createUser(demo)).id)
    const stranger = await createUser(demo)
    assert.equal((await demo.call('DELETE', `./users/${stranger.id}/tokens/${id}`)).status, 404)
    assert.equal((await demo.call('DELETE', `./users/usr_nobody/tokens/${id}`)).status, 404)
    assert.equal((await demo.call('GET', './users/usr_nobody/tokens')).status, 404)
  })

  it('are revoked only if they match the entity tag that the request states', async () => {
    const user = await createUser(demo)
    const { id } = await createUserToken(demo, user.id)
    const path = `./users/${user.id}/tokens/${id}`
    assert.equal((await demo.call('DELETE', path, { headers: { 'if-match': '"other"' } })).status, 412)
    assert.equal((await demo.call('DELETE', path, { headers: { 'if-match': '*' } })).status, 200)
  })

  it('are replayed only to the API key that created them', async () => {
    const user = await createUser(demo)
    const headers = { 'idempotency-key': 'a key that somebody else knows' }
    const create = (call: Client) => call('POST', `./users/${user.id}/tokens`, { body: {}, headers })
    const { body } = await create(demo.call)
    const second = await create(await keyClient({}))
    assert.equal(second.status, 422)
    assert.match(second.body.message, /was used for a different request, or by another API key$/)
    const replay = await create(demo.call)
    assert.equal(replay.headers['idempotent-replayed'], 'true')
    assert.equal(replay.body.token, body.token)
  })

  it('are never stored in plain text', async () => {
    const user = await createUser(demo)
    const headers = { 'idempotency-key': 'a key for a token' }
    const { body } = await demo.call('POST', `./users/${user.id}/tokens`, { body: {}, headers })
    const tables = ['user_tokens', 'api_keys', 'idempotency_keys']
    for (const table of tables) {
      const rows = await server.context.db.all(`SELECT * FROM ${table}`)
      assert.ok(rows.length > 0)
      for (const secret of [body.token, demo.token]) assert.ok(!JSON.stringify(rows).includes(secret), table)
    }
    const replay = await demo.call('POST', `./users/${user.id}/tokens`, { body: {}, headers })
    assert.equal(replay.body.token, body.token)
  })
})
