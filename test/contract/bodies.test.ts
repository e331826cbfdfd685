import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createDevice, createSim, createUser, makeEmail, makeIccid, makeImei } from '../support/factories.ts'
import { makeObjectIds, pathWith } from '../support/object-ids.ts'
import { operations } from '../support/openapi-document.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')
const device = await createDevice(demo)
const user = await createUser(demo)
const sim = await createSim(demo)
const json = { 'content-type': 'application/json' }

/** A user as JSON text of exactly this many bytes. */
function userOfSize(bytes: number): string {
  return JSON.stringify({ email: makeEmail() }).padEnd(bytes)
}

/** Asserts 422 with one detail, for exactly this property. */
async function assertRejected(method: string, path: string, raw: string, property: string, code = 'propertyInvalid') {
  const { status, body } = await demo.call(method, path, { raw, headers: json })
  assert.equal(status, 422, raw)
  assert.deepEqual(
    body.details.map((detail: { code: string; property: string }) => [detail.code, detail.property]),
    [[code, property]],
  )
}

/** docs/contract.md §1. */
describe('the media type of a body', () => {
  const accepted = [
    'application/json',
    'Application/JSON; Charset="UTF-8"',
    'application/json;charset=utf8',
    'application/json; profile=x; charset=utf-8',
    'application/json;',
  ]
  for (const type of accepted) {
    it(`may be ${type}`, async () => {
      const raw = JSON.stringify({ email: makeEmail() })
      const { status } = await demo.call('POST', './users', { raw, headers: { 'content-type': type } })
      assert.equal(status, 201)
    })
  }

  const rejected = [
    'application/json; charset=latin1',
    'application/jsonx',
    'text/json',
    'application/x-ndjson',
    'json',
  ]
  for (const type of rejected) {
    it(`may not be ${type}`, async () => {
      const raw = JSON.stringify({ email: makeEmail() })
      const { status } = await demo.call('POST', './users', { raw, headers: { 'content-type': type } })
      assert.equal(status, 415)
    })
  }

  it('may come with the content coding identity, and no other', async () => {
    for (const [coding, expected] of [
      ['identity', 201],
      ['Identity', 201],
      ['gzip', 415],
      ['br', 415],
    ] as const) {
      const raw = JSON.stringify({ email: makeEmail() })
      const { status } = await demo.call('POST', './users', { raw, headers: { ...json, 'content-encoding': coding } })
      assert.equal(status, expected, coding)
    }
  })
})

describe('a byte order mark', () => {
  it('before the JSON is ignored', async () => {
    const email = makeEmail()
    const { status, body } = await demo.call('POST', './users', {
      raw: `\ufeff${JSON.stringify({ email })}`,
      headers: json,
    })
    assert.equal(status, 201)
    assert.equal(body.email, email)
  })

  it('anywhere else is not JSON', async () => {
    for (const raw of ['\ufeff', '\ufeff\ufeff{}', '{}\ufeff']) {
      assert.equal((await demo.call('POST', './users', { raw, headers: json })).status, 400)
    }
  })
})

/** docs/contract.md §1. */
describe('the size of a body', () => {
  it('accepts 64 KiB', async () => {
    const { status } = await demo.call('POST', './users', { raw: userOfSize(65_536), headers: json })
    assert.equal(status, 201)
  })

  it('is rejected with 413 above 64 KiB', async () => {
    const { status, body } = await demo.call('POST', './users', { raw: userOfSize(65_537), headers: json })
    assert.equal(status, 413)
    assert.equal(body.type, 'payloadTooLarge')
  })

  it('is counted in bytes, not characters', async () => {
    const raw = JSON.stringify({ email: makeEmail(), fullName: 'ü'.repeat(33_000) })
    assert.ok(raw.length < 65_536)
    assert.equal((await demo.call('POST', './users', { raw, headers: json })).status, 413)
  })

  it('is rejected with 413 when it was not declared', async () => {
    const chunks = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from(userOfSize(40_000)))
        controller.enqueue(Buffer.alloc(40_000, ' '))
        controller.close()
      },
    })
    const response = await fetch(`${server.url}/projects/demo/users`, {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${demo.token}` },
      body: chunks,
      duplex: 'half',
    })
    assert.equal(response.status, 413)
  })
})

describe('a body that is not valid JSON', () => {
  const broken: Record<string, string | Buffer> = {
    'an open brace': '{',
    'single quotes': "{'email':'a@example.com'}",
    'a trailing comma': '{"email":"a@example.com",}',
    'two documents': '{}{}',
    'a comment': '{} // none',
    NaN: '{"email":NaN}',
    undefined: 'undefined',
    'only spaces': '   ',
    'a raw line break in a string': '{"email":"a\nb"}',
    'bytes that are not UTF-8': Buffer.from([...Buffer.from('{"email":"'), 0xff, 0xfe, ...Buffer.from('"}')]),
    'UTF-16': Buffer.from('{"email":"a@example.com"}', 'utf16le'),
  }
  for (const [what, raw] of Object.entries(broken)) {
    it(`returns 400: ${what}`, async () => {
      const { status, body } = await demo.call('POST', './users', { raw, headers: json })
      assert.equal(status, 400)
      assert.equal(body.type, 'malformed')
    })
  }

  it('returns 400 when empty where one is required, with and without a content type', async () => {
    for (const [method, path, hint] of [
      ['POST', './devices', 'Send a JSON object.'],
      ['POST', './devices/search', 'Send a JSON object.'],
      ['PATCH', `./devices/${device.id}`, 'Send a JSON object.'],
      ['POST', './devices/import', 'Send one JSON object per line, or CSV.'],
    ] as const) {
      for (const headers of [json, {}]) {
        const { status, body } = await demo.call(method, path, { headers })
        assert.equal(status, 400, `${method} ${path}`)
        assert.equal(body.type, 'malformed')
        assert.equal(body.hint, hint)
      }
    }
  })

  it('is never quoted in the response', async () => {
    const { body } = await demo.call('POST', './users', { raw: '{"email":"secret@example.com"', headers: json })
    assert.doesNotMatch(JSON.stringify(body), /secret/)
  })
})

describe('a body that is JSON but not an object', () => {
  for (const raw of ['null', '[]', '[{"email":"a@example.com"}]', '"text"', '0', '1', 'true', 'false']) {
    it(`returns 422: ${raw}`, async () => {
      for (const [method, path] of [
        ['POST', './users'],
        ['PATCH', `./users/${user.id}`],
        ['POST', '/deviceModels/search'],
      ] as const) {
        const { status, body } = await demo.call(method, path, { raw, headers: json })
        assert.equal(status, 422, `${method} ${path}`)
        assert.equal(body.type, 'invalid')
      }
    })
  }
})

describe('the media type of a body', () => {
  for (const type of [
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
  ]) {
    it(`can be ${type}`, async () => {
      const headers = { 'content-type': type }
      const { status } = await demo.call('POST', './users', { raw: userOfSize(100), headers })
      assert.equal(status, 201)
    })
  }

  for (const type of [
    'text/plain',
    'text/json',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/merge-patch+json',
    'application/jsonp',
    'json',
  ]) {
    it(`is rejected with 415 when it is ${type}`, async () => {
      const headers = { 'content-type': type }
      for (const [method, path] of [
        ['POST', './users'],
        ['PATCH', `./users/${user.id}`],
        ['DELETE', `./users/${user.id}`],
      ] as const) {
        const { status, body } = await demo.call(method, path, { raw: '{}', headers })
        assert.equal(status, 415, method)
        assert.equal(body.type, 'unsupportedMediaType')
      }
    })
  }

  it('is rejected with 415 when it is missing', async () => {
    assert.equal((await demo.call('POST', './users', { raw: userOfSize(100) })).status, 415)
  })

  it('can be JSON on GET and DELETE without a body', async () => {
    const { id } = await createDevice(demo)
    assert.equal((await demo.call('GET', './devices', { headers: json })).status, 200)
    assert.equal((await demo.call('GET', `./devices/${id}`, { headers: json })).status, 200)
    assert.equal((await demo.call('DELETE', `./devices/${id}`, { headers: json })).status, 200)
    assert.equal((await demo.call('GET', `./devices/${id}`)).status, 404)
  })
})

describe('the strings of a body', () => {
  for (const [what, escaped] of [
    ['a NUL character', '\\u0000'],
    ['the first half of a surrogate pair', '\\ud83d'],
    ['the second half of a surrogate pair', 'x\\udcf1'],
    ['a surrogate pair in the wrong order', '\\udcf1\\ud83d'],
  ] as const) {
    it(`cannot contain ${what}`, async () => {
      const imei = makeImei()
      await assertRejected('POST', './devices', `{"imei":"${imei}","name":"${escaped}"}`, 'name')
      await assertRejected('POST', './devices', `{"imei":"${imei}","user":"${escaped}"}`, 'user')
      await assertRejected('POST', './devices', `{"imei":"${imei}","sims":["${sim.id}","${escaped}"]}`, 'sims[1]')
      await assertRejected('POST', './devices', `{"imei":"${imei}","metadata":{"k":"${escaped}"}}`, 'metadata.k')
      await assertRejected('PATCH', `./devices/${device.id}`, `{"name":"a${escaped}b"}`, 'name')
      await assertRejected('PATCH', `./devices/${device.id}`, `{"metadata":{"k":"${escaped}"}}`, 'metadata.k')
      await assertRejected('PATCH', `./users/${user.id}`, `{"fullName":"${escaped}"}`, 'fullName')
      await assertRejected('PATCH', `./users/${user.id}`, `{"email":"a${escaped}@example.com"}`, 'email')
      await assertRejected('PATCH', `./sims/${sim.id}`, `{"provider":"${escaped}"}`, 'provider')
      await assertRejected('POST', './devices/search', `{"imei":"${escaped}"}`, 'imei', 'invalidImei')
      await assertRejected('POST', './sims/search', `{"iccid":"${escaped}"}`, 'iccid', 'invalidIccid')
    })

    it(`cannot contain ${what} in a metadata key`, async () => {
      for (const value of ['"v"', 'null']) {
        const { status, body } = await demo.call('PATCH', `./devices/${device.id}`, {
          raw: `{"metadata":{"${escaped}":${value}}}`,
          headers: json,
        })
        assert.equal(status, 422)
        assert.match(body.details[0].property, /^metadata/)
      }
    })
  }

  it('are stored as sent, in any script', async () => {
    const name = 'Zoë 山田 🇨🇭 👩‍👩‍👧 \u202e \ufeff é é \u0001'
    const { body } = await demo.call('PATCH', `./devices/${device.id}`, { body: { name, metadata: { [name]: name } } })
    assert.equal(body.name, name)
    assert.deepEqual(body.metadata, { [name]: name })
    const fromEscapes = await demo.call('PATCH', `./devices/${device.id}`, {
      raw: '{"name":"\\ud83d\\udcf1","metadata":{}}',
      headers: json,
    })
    assert.equal(fromEscapes.body.name, '📱')
  })

  it('are measured in characters, not in UTF-16 code units', async () => {
    const longest = '📱'.repeat(255)
    const { status, body } = await demo.call('PATCH', `./devices/${device.id}`, { body: { name: longest } })
    assert.equal(status, 200)
    assert.equal(body.name, longest)
    assert.equal((await demo.call('PATCH', `./devices/${device.id}`, { body: { name: `${longest}📱` } })).status, 422)
  })
})

describe('the properties of a body', () => {
  for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__']) {
    for (const value of ['1', '{}', '{"imei":"492388841798923"}', 'null']) {
      it(`are unknown when named ${name} with the value ${value}`, async () => {
        await assertRejected('PATCH', `./devices/${device.id}`, `{"${name}":${value}}`, name, 'propertyUnknown')
        await assertRejected(
          'POST',
          './users',
          `{"email":"${makeEmail()}","${name}":${value}}`,
          name,
          'propertyUnknown',
        )
      })
    }
  }

  it('are not inherited: a required property inside __proto__ is missing', async () => {
    const { status, body } = await demo.call('POST', './users', {
      raw: '{"__proto__":{"email":"a@example.com"}}',
      headers: json,
    })
    assert.equal(status, 422)
    const codes = Object.fromEntries(
      body.details.map((detail: { property: string; code: string }) => [detail.property, detail.code]),
    )
    assert.equal(codes.email, 'propertyRequired')
  })

  const wrong: [method: string, path: string, body: object, property: string, code?: string][] = [
    ['POST', './devices', { imei: 492388841798923 }, 'imei', 'invalidImei'],
    ['POST', './devices', { imei: null }, 'imei', 'invalidImei'],
    ['POST', './devices', { imei: makeImei(), name: 5 }, 'name'],
    ['POST', './devices', { imei: makeImei(), name: '' }, 'name'],
    ['POST', './devices', { imei: makeImei(), user: { id: user.id } }, 'user'],
    ['POST', './devices', { imei: makeImei(), sims: sim.id }, 'sims'],
    ['POST', './devices', { imei: makeImei(), sims: [1] }, 'sims[0]'],
    ['POST', './devices', { imei: makeImei(), sims: [sim.id, sim.id] }, 'sims'],
    ['POST', './devices', { imei: makeImei(), metadata: [] }, 'metadata'],
    ['PATCH', `./devices/${device.id}`, { sims: null }, 'sims'],
    ['PATCH', `./devices/${device.id}`, { imei: makeImei() }, 'imei', 'propertyUnknown'],
    ['POST', './users', { email: 'nobody' }, 'email'],
    ['POST', './users', { email: null }, 'email'],
    ['POST', './users', { email: makeEmail(), emailVerified: 'true' }, 'emailVerified'],
    ['POST', './users', { email: makeEmail(), emailVerified: 1 }, 'emailVerified'],
    ['POST', './users', { email: makeEmail(), birthday: '2021-02-29' }, 'birthday'],
    ['POST', './users', { email: makeEmail(), birthday: '2021-02-14T00:00:00Z' }, 'birthday'],
    ['POST', './users', { email: makeEmail(), preferredLocale: 'english!' }, 'preferredLocale'],
    ['POST', './users', { email: makeEmail(), preferredLocale: null }, 'preferredLocale'],
    ['POST', './users', { email: makeEmail(), preferredLocale: ['en'] }, 'preferredLocale'],
    ['POST', './users', {}, 'email', 'propertyRequired'],
    ['POST', './sims', { iccid: '898830700000075371' }, 'iccid', 'invalidIccid'],
    ['POST', './sims', { iccid: 12345 }, 'iccid', 'invalidIccid'],
    ['POST', './sims', { iccid: makeIccid(), type: 'esim' }, 'type'],
    ['POST', './sims', { iccid: makeIccid(), status: null }, 'status'],
    ['POST', './sims', { iccid: makeIccid(), provider: '' }, 'provider'],
    ['POST', './sims', { iccid: makeIccid(), provider: 'p'.repeat(41) }, 'provider'],
    ['PATCH', `./sims/${sim.id}`, { iccid: makeIccid() }, 'iccid', 'propertyUnknown'],
    ['PATCH', `./sims/${sim.id}`, { type: 'pSIM' }, 'type', 'propertyUnknown'],
  ]
  for (const [method, path, body, property, code] of wrong) {
    const shown = JSON.stringify(body).replaceAll(/"((?:usr|sim)_)\w+/g, '"$1…')
    it(`are rejected, naming ${property}: ${method} ${path.replace(/_\w+/, '_…')} ${shown}`, () =>
      assertRejected(method, path, JSON.stringify(body), property, code))
  }

  it('are never corrected silently', async () => {
    const before = (await demo.call('GET', `./sims/${sim.id}`)).body
    await assertRejected('PATCH', `./sims/${sim.id}`, '{"status":"Active"}', 'status')
    await assertRejected('PATCH', `./sims/${sim.id}`, '{"status":" active"}', 'status')
    await assertRejected('PATCH', `./sims/${sim.id}`, '{"provider":9}', 'provider')
    assert.deepEqual((await demo.call('GET', `./sims/${sim.id}`)).body, before)
  })
})

describe('a body of arbitrary JSON', async () => {
  const ids = await makeObjectIds(demo)
  const withBody = operations.filter(({ requestBody }) => requestBody?.content['application/json'])
  const names = [
    ...['imei', 'iccid', 'email', 'sims', 'user', 'name', 'metadata', 'birthday', 'fullName', 'preferredLocale'],
    ...['emailVerified', 'provider', 'status', 'type', 'expiresIn'],
  ]

  for (const operation of withBody) {
    const { method, operationId } = operation
    const target = pathWith(ids, operation)

    it(`is accepted or rejected with a reason by ${operationId}`, async () => {
      const bodies = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...names), fc.jsonValue()))
      await fc.assert(
        fc.asyncProperty(bodies, async (body) => {
          const { status } = await demo.call(method, target, { body })
          assert.ok([200, 201, 202, 404, 422].includes(status), `${status}`)
        }),
        { numRuns: 60 },
      )
    })

    it(`can be nested to any depth for ${operationId}`, async () => {
      for (const raw of [
        '['.repeat(30_000) + ']'.repeat(30_000),
        `${'{"metadata":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
      ]) {
        const { status } = await demo.call(method, target, { raw, headers: json })
        assert.equal(status, 422)
      }
    })
  }
})
