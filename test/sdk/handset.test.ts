import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createHandset, etagOf, type Handset, HandsetError } from '../../sdk/src/handset.ts'
import { makeEmail, makeIccid, makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const acme = await server.addProject('acme', 'live')
const handset = createHandset({ baseUrl: `${server.url}/`, token: acme.token, project: 'acme' })

/** The error that a call rejects with. */
async function failureOf(call: Promise<unknown>): Promise<HandsetError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof HandsetError, `a HandsetError, not ${error}`)
  return error
}

/** A user with this many devices, whose ids are returned newest first. */
async function ownerOf(count: number): Promise<{ user: string; devices: string[] }> {
  const { id: user } = await handset.users.create({ email: makeEmail() })
  const devices: string[] = []
  for (let made = 0; made < count; made++) {
    devices.unshift((await handset.devices.create({ imei: makeImei(), user })).id)
  }
  return { user, devices }
}

async function collect<Item extends { id: string }>(items: AsyncIterable<Item>): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of items) ids.push(id)
  return ids
}

describe('the SDK', () => {
  it('creates, finds, changes and deletes a device with its user and SIM', async () => {
    const user = await handset.users.create({ email: makeEmail(), fullName: 'Elaine Benes' })
    const sim = await handset.sims.create({ iccid: makeIccid(), type: 'pSIM' })
    const imei = makeImei()
    const device = await handset.devices.create({ imei, user: user.id, sims: [sim.id] })
    assert.deepEqual([device.user, device.sims], [user, [sim]])
    assert.deepEqual((await handset.devices.search({ imei })).items, [device])
    const renamed = await handset.devices.update(device.id, { name: 'Work phone', sims: [] })
    assert.deepEqual(renamed, { ...device, name: 'Work phone', sims: [] })
    assert.deepEqual(await handset.devices.delete(device.id), renamed)
    assert.equal((await failureOf(handset.devices.retrieve(device.id))).type, 'notFound')
    await handset.sims.delete(sim.id)
  })

  it('queries the catalogue and lists projects without a project of its own', async () => {
    const { deviceModels, deviceModelBrands, projects, devices } = createHandset({
      baseUrl: server.url,
      token: acme.token,
    })
    const [model] = (await deviceModels.search({ imei: '492388841798923' })).items
    assert.equal(model?.name, 'iPhone 12 Pro')
    assert.deepEqual(await deviceModels.retrieve(model?.id ?? ''), model)
    assert.ok((await deviceModelBrands.list()).items.includes('Apple'))
    assert.deepEqual(
      (await projects.list()).items.map(({ id }) => id),
      ['acme'],
    )
    await assert.rejects(devices.list(), { name: 'TypeError', message: /createHandset\(\{ project \}\)/ })
  })

  it('manages API keys with roles, and finds users by words', async () => {
    const { id } = await handset.users.create({ email: makeEmail(), fullName: 'Cosmo Kramer' })
    const { token, ...key } = await handset.apiKeys.create({ name: 'desk', role: 'viewer' })
    assert.deepEqual(await handset.apiKeys.retrieve(key.id), key)
    const desk = createHandset({ baseUrl: server.url, token, project: 'acme' })
    assert.deepEqual(
      (await desk.users.list({ q: 'kram' })).items.map((user) => user.id),
      [id],
    )
    const denied = await failureOf(desk.users.delete(id))
    assert.deepEqual([denied.type, denied.status], ['permissionDenied', 403])
    assert.match(denied.message, /`editor`/)
    assert.ok((await handset.apiKeys.delete(key.id)).revokedAt !== null)
    assert.equal((await failureOf(desk.users.list({ q: 'kram' }))).type, 'unauthenticated')
  })

  it('accepts several values for a filter, including values with commas', async () => {
    const models = await handset.deviceModels.list({ brand: ['Apple', 'Nobody, Inc.'], type: ['smartphone', 'tablet'] })
    assert.ok(models.items.length > 0)
    assert.deepEqual([...new Set(models.items.map(({ brand }) => brand))], ['Apple'])
  })

  it('exports devices as a stream, and imports them again, one per line', async () => {
    const { devices } = await ownerOf(2)
    const { imei } = await handset.devices.retrieve(devices[0] as string)
    const exported = await handset.devices.export()
    const line = (await exported.text()).split('\n').find((line) => line.includes(imei as string)) as string
    await handset.devices.delete(devices[0] as string)
    const answer = await handset.devices.import(new Blob([`${line}\n`]).stream())
    assert.equal(answer.status, 200)
    assert.match(await answer.text(), /"object":"importResult"/)
    assert.equal((await handset.devices.search({ imei: imei as string })).items.length, 1)
  })

  it('imports CSV in the encoding that the call names, and changes what is stored with update', async () => {
    const imei = makeImei()
    const importCsv = async (text: string, update: boolean) => {
      const options = { contentType: 'text/csv; charset=windows-1252' }
      const response = await handset.devices.import(new Blob([Buffer.from(text, 'latin1')]), { update }, options)
      return (await response.text())
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).status)
    }
    assert.deepEqual(await importCsv(`imei;name\n${imei};Käthe\n`, false), ['created', undefined])
    assert.deepEqual(await importCsv(`imei;name\n${imei};Jürg\n`, false), ['rejected', undefined])
    assert.deepEqual(await importCsv(`imei;name\n${imei};Jürg\n`, true), ['updated', undefined])
    assert.equal((await handset.devices.search({ imei })).items[0]?.name, 'Jürg')
  })

  it('fails when an import or export ends early', async () => {
    const result = '{"object":"importResult","line":1,"status":"created","id":"dev_1"}\n'
    const error = '{"object":"error","type":"serviceUnavailable","message":"The store is busy"}\n'
    const summary = (complete: boolean) => `{"object":"importSummary","rows":1,"complete":${complete}}\n`
    const importOf = async (text: string) => {
      const fetch = async () => new Response(text)
      const client = createHandset({ baseUrl: server.url, token: 'hsk_1', project: 'acme', fetch })
      return (await client.devices.import('{}')).text()
    }
    assert.equal(await importOf(result + summary(true)), result + summary(true))
    for (const text of [result, '', result + summary(false)]) {
      assert.equal((await failureOf(importOf(text))).message, 'The import ended early')
    }
    assert.equal((await failureOf(importOf(result + error + summary(false)))).type, 'serviceUnavailable')

    const cut = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"id":"dev_1"}\n'))
      },
      pull: (controller) => controller.error(new Error('terminated')),
    })
    const client = createHandset({
      baseUrl: server.url,
      token: 'hsk_1',
      project: 'acme',
      fetch: async () => new Response(cut),
    })
    const exported = await client.devices.export()
    assert.equal((await failureOf(exported.text())).message, 'The export ended early')
  })

  it('acts as a user with a token that it created', async () => {
    const { user, devices } = await ownerOf(1)
    await ownerOf(1)
    const { token, id } = await handset.users.createToken(user)
    const own: Handset = createHandset({ baseUrl: server.url, token, project: 'acme' })
    assert.deepEqual(await collect(own.devices.list()), devices)
    const rejected = await failureOf(own.users.create({ email: makeEmail() }))
    assert.deepEqual([rejected.type, rejected.status], ['permissionDenied', 403])
    assert.deepEqual(
      (await handset.users.listTokens(user)).items.map((listed) => listed.id),
      [id],
    )
    assert.equal((await handset.users.deleteToken(user, id)).id, id)
    assert.equal((await failureOf(own.users.retrieve(user))).type, 'unauthenticated')
  })

  it('escapes ids, so that none can lead to another path', async () => {
    const failure = await failureOf(handset.devices.retrieve('../users?limit=1#'))
    assert.equal(failure.type, 'notFound')
  })

  it('rejects a missing id instead of requesting the list', async () => {
    await assert.rejects(handset.devices.retrieve(''), /devices\.retrieve needs the id of a device/)
    await assert.rejects(handset.devices.delete(undefined as unknown as string), /needs the id of a device/)
  })

  it('rejects invalid options when the client is created', () => {
    assert.throws(() => createHandset({ baseUrl: 'handset.example.com', token: 'hsk_1' }), /`baseUrl` must be/)
    assert.throws(() => createHandset({ baseUrl: server.url, token: '' }), /`token` must be/)
  })
})

describe('lists of the SDK', () => {
  it('return their first page when awaited', async () => {
    const { user, devices } = await ownerOf(3)
    const page = await handset.devices.list({ user, limit: 2 })
    assert.deepEqual(
      page.items.map(({ id }) => id),
      devices.slice(0, 2),
    )
    assert.deepEqual([page.moreItemsAfter, page.moreItemsBefore], [devices[1], null])
  })

  it('iterate over every page, newest first, from the start each time', async () => {
    const { user, devices } = await ownerOf(5)
    const list = handset.devices.list({ user, limit: 2 })
    assert.deepEqual(await collect(list), devices)
    assert.deepEqual(await collect(list), devices)
  })

  it('iterate from a given position, and with before towards newer items', async () => {
    const { user, devices } = await ownerOf(5)
    const [, , middle = ''] = devices
    assert.deepEqual(await collect(handset.devices.list({ user, limit: 1, after: middle })), devices.slice(3))
    const newer = devices.slice(0, 2).reverse()
    assert.deepEqual(await collect(handset.devices.list({ user, limit: 1, before: middle })), newer)
  })

  it('end at an empty page', async () => {
    const { user, devices } = await ownerOf(2)
    assert.deepEqual(await collect(handset.devices.list({ user, limit: 0, after: devices[0] as string })), [])
  })

  it('send no request until they are awaited or iterated', async () => {
    const asked: unknown[] = []
    const counting = createHandset({
      baseUrl: server.url,
      token: acme.token,
      project: 'acme',
      fetch: (...request) => {
        asked.push(request[0])
        return fetch(...request)
      },
    })
    const list = counting.devices.list({ limit: 1 })
    assert.equal(asked.length, 0)
    await list
    await list
    assert.equal(asked.length, 1)
  })
})

describe('errors of the SDK', () => {
  it('carry the type, status, code, hint, details and request id of the response', async () => {
    const { devices } = await ownerOf(1)
    const { imei } = await handset.devices.retrieve(devices[0] as string)
    const failure = await failureOf(handset.devices.create({ imei: imei as string }))
    assert.deepEqual(
      [failure.name, failure.type, failure.status, failure.code],
      ['HandsetError', 'invalid', 422, 'deviceImeiAlreadyExists'],
    )
    assert.match(failure.message, /already has a device with this IMEI/)
    assert.match(failure.hint ?? '', /devices\/search/)
    assert.deepEqual(
      failure.details.map(({ property }) => property),
      ['imei'],
    )
    assert.match(failure.requestId ?? '', /^[A-Za-z0-9._-]+$/)
  })

  it('name every offending property', async () => {
    const body = { imei: '1', colour: 'red' } as { imei: string }
    const failure = await failureOf(handset.devices.create(body))
    assert.deepEqual(failure.details.map(({ property }) => property).sort(), ['colour', 'imei'])
  })

  it('report an invalid token', async () => {
    const stranger = createHandset({ baseUrl: server.url, token: 'hsk_nobody' })
    const failure = await failureOf(stranger.deviceModelBrands.list())
    assert.deepEqual([failure.type, failure.status], ['unauthenticated', 401])
  })
})

describe('entity tags in the SDK', () => {
  it('protect a change from overwriting one made in between', async () => {
    const { devices } = await ownerOf(1)
    const device = await handset.devices.retrieve(devices[0] as string)
    const ifMatch = etagOf(device)
    const renamed = await handset.devices.update(device.id, { name: 'First' }, { ifMatch })
    assert.equal((await failureOf(handset.devices.update(device.id, { name: 'Second' }, { ifMatch }))).status, 412)
    assert.equal((await failureOf(handset.devices.delete(device.id, { ifMatch }))).type, 'preconditionFailed')
    await handset.devices.delete(device.id, { ifMatch: etagOf(renamed) })
  })

  it('return null for a copy that is still current, and otherwise the object', async () => {
    const { user } = await ownerOf(0)
    const ifNoneMatch = etagOf(await handset.users.retrieve(user)) as string
    assert.equal(await handset.users.retrieve(user, { ifNoneMatch }), null)
    await handset.users.update(user, { fullName: 'George' })
    assert.equal((await handset.users.retrieve(user, { ifNoneMatch }))?.fullName, 'George')
  })
})

describe('idempotency in the SDK', () => {
  it("replays the first response for the caller's key, and changes nothing", async () => {
    const body = { email: makeEmail() }
    const idempotencyKey = crypto.randomUUID()
    const first = await handset.users.create(body, { idempotencyKey })
    assert.deepEqual(await handset.users.create(body, { idempotencyKey }), first)
    assert.deepEqual((await handset.users.search(body)).items, [first])
  })
})
