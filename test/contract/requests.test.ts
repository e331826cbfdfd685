import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { newToken } from '../../src/resources/tokens/token.ts'
import { createDevice, createSim, createUser, makeEmail } from '../support/factories.ts'
import { openApiDocument } from '../support/openapi-document.ts'
import { connectRaw } from '../support/raw-connection.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')
const { token } = demo

/** docs/contract.md §1. */
describe('the Authorization header', () => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) {
    it(`accepts the scheme as ${scheme}`, async () => {
      const { status } = await server.callOpenly('GET', '/projects', {
        headers: { authorization: `${scheme} ${token}` },
      })
      assert.equal(status, 200)
    })
  }

  const rejected = {
    'an empty header': '',
    'a scheme without a token': 'Bearer',
    'a token without a scheme': token,
    'another scheme': `Basic ${Buffer.from(`${token}:`).toString('base64')}`,
    'a scheme of another name': `Token ${token}`,
    'two tokens': `Bearer ${token} ${token}`,
    'a token in quotes': `Bearer "${token}"`,
    'a token cut short': `Bearer ${token.slice(0, -1)}`,
    'a token in another case': `Bearer ${token.toUpperCase()}`,
    'a token that was never issued': `Bearer ${newToken('hsk', demo.project.tag).token}`,
    'a token of an unknown project': `Bearer ${newToken('hsk', '000000').token}`,
  }
  for (const [what, authorization] of Object.entries(rejected)) {
    it(`rejects ${what} with 401 and WWW-Authenticate`, async () => {
      const { status, headers, body } = await server.callOpenly('GET', '/projects', { headers: { authorization } })
      assert.equal(status, 401)
      assert.equal(headers['www-authenticate'], 'Bearer')
      assert.equal(body.object, 'error')
      assert.equal(body.type, 'unauthenticated')
      assert.equal(body.message, 'Invalid authorization token')
    })
  }

  for (const name of ['token', 'access_token', 'api_key', 'authorization']) {
    it(`cannot be replaced by ${name} in the URL`, async () => {
      const alone = await server.callOpenly('GET', `/deviceModels?${name}=${token}`)
      assert.equal(alone.status, 401)
      const beside = await demo.call('GET', `/deviceModels?${name}=${token}`)
      assert.equal(beside.status, 422)
      assert.equal(beside.body.details[0].code, 'propertyUnknown')
    })
  }

  it('is required on unknown paths, wrong methods and malformed paths too', async () => {
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['PUT', '/deviceModels'],
      ['GET', '/projects/%zz'],
      ['GET', '/projects/nobody/devices'],
      ['GET', `/projects/demo/devices/dev_${'0'.repeat(2_000)}`],
    ] as const) {
      const { status, headers } = await server.callOpenly(method, path)
      assert.equal(status, 401, `${method} ${path}`)
      assert.equal(headers['www-authenticate'], 'Bearer')
    }
  })
})

interface Draft {
  method: string
  path: string
  raw: string
  headers: Record<string, string>
}

/** What can be wrong with a request, in the order in which it is reported. */
const faults: { what: string; status: number; spoil: (draft: Draft) => Draft }[] = [
  {
    what: 'an unknown token',
    status: 401,
    spoil: (draft) => ({ ...draft, headers: { ...draft.headers, authorization: 'Bearer nobody' } }),
  },
  {
    what: 'an unknown project',
    status: 404,
    spoil: (draft) => ({ ...draft, path: draft.path.replace('./', '/projects/nowhere/') }),
  },
  { what: 'a wrong method', status: 405, spoil: (draft) => ({ ...draft, method: 'PUT' }) },
  {
    what: 'another media type',
    status: 415,
    spoil: (draft) => ({ ...draft, headers: { ...draft.headers, 'content-type': 'text/plain' } }),
  },
  {
    what: 'a body that is too large',
    status: 413,
    spoil: (draft) => ({ ...draft, raw: draft.raw + ' '.repeat(65_536) }),
  },
  { what: 'broken JSON', status: 400, spoil: (draft) => ({ ...draft, raw: `{${draft.raw}` }) },
  { what: 'an unknown parameter', status: 422, spoil: (draft) => ({ ...draft, path: `${draft.path}?nonsense=1` }) },
]

function validDraft(): Draft {
  return {
    method: 'POST',
    path: './users',
    raw: JSON.stringify({ email: makeEmail() }),
    headers: { 'content-type': 'application/json' },
  }
}

describe('the order of failures', () => {
  it('starts from a valid request', async () => {
    const { method, path, ...asked } = validDraft()
    assert.equal((await demo.call(method, path, asked)).status, 201)
  })

  faults.forEach(({ what, status, spoil }, position) => {
    for (const later of faults.slice(position + 1)) {
      it(`reports ${what} before ${later.what}`, async () => {
        const { method, path, ...asked } = later.spoil(spoil(validDraft()))
        assert.equal((await demo.call(method, path, asked)).status, status)
      })
    }
  })

  it('reports an unknown object in the path before its method and its body', async () => {
    const absent = `./devices/dev_${'0'.repeat(28)}`
    assert.equal((await demo.call('PUT', absent, { body: {} })).status, 404)
    assert.equal((await demo.call('PATCH', absent, { body: { nonsense: 1 } })).status, 404)
    assert.equal((await demo.call('PATCH', absent, { raw: 'no JSON' })).status, 404)
    assert.equal((await demo.call('GET', `${absent}?nonsense=1`)).status, 404)
  })

  it('reports query and body together', async () => {
    const { status, body } = await demo.call('POST', './users?nonsense=1', { body: { email: 'nobody' } })
    assert.equal(status, 422)
    const properties = body.details.map((detail: { property: string }) => detail.property)
    assert.deepEqual(properties.sort(), ['email', 'nonsense'])
  })
})

describe('methods', () => {
  it('are listed in Allow', async () => {
    const device = await createDevice(demo)
    const allowed = async (path: string) => {
      const { status, headers } = await demo.call('PUT', path, { body: {} })
      assert.equal(status, 405)
      return headers.allow?.split(', ').sort()
    }
    assert.deepEqual(await allowed('/deviceModels'), ['GET', 'HEAD'])
    assert.deepEqual(await allowed('/deviceModels/search'), ['POST'])
    assert.deepEqual(await allowed('./devices'), ['GET', 'HEAD', 'POST'])
    assert.deepEqual(await allowed(`./devices/${device.id}`), ['DELETE', 'GET', 'HEAD', 'PATCH'])
  })

  it('are rejected with 405 when not allowed, whatever they are', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']) {
      const { status, body } = await demo.call(method, './devices')
      assert.equal(status, 405, method)
      assert.equal(body.type, 'methodNotAllowed')
    }
  })

  it('return the same headers for HEAD as for GET, without a body', async () => {
    const device = await createDevice(demo)
    const user = await createUser(demo)
    // For an empty export, Node sends the length, which is known only at its end (RFC 9110 §9.3.2).
    const sim = await createSim(demo)
    const ids: Record<string, string> = { project: 'demo', device: device.id, user: user.id, sim: sim.id }
    const readable = Object.entries(openApiDocument.paths)
      .filter(([, methods]) => 'get' in methods)
      .map(([path]) => path.replaceAll(/\{(\w+)\}/g, (_, name) => ids[name] ?? 'absent'))
    assert.ok(readable.length >= 9)
    for (const path of readable) {
      const get = await demo.call('GET', path)
      const head = await demo.call('HEAD', path)
      assert.equal(head.status, get.status, path)
      assert.equal(head.headers['content-type'], get.headers['content-type'])
      assert.equal(head.headers['content-length'], get.headers['content-length'])
      assert.equal(head.body, undefined)
    }
  })

  it('need a token for HEAD too', async () => {
    assert.equal((await server.callOpenly('HEAD', '/deviceModels')).status, 401)
  })
})

describe('paths', () => {
  const unknown = [
    '/nothing',
    '/Projects',
    '/projects/',
    '/projects/demo/',
    '/projects/demo/devices/',
    '//projects',
    '/projects/demo/devices/search/more',
    '/projects/demo/devices/..',
    `/projects/demo/devices/dev_${'0'.repeat(2_000)}`,
    '/projects/demo/devices/%',
    '/projects/demo/devices/%zz',
    '/projects/demo/devices/%E0%A4%A',
    '/projects/demo/devices/%FF',
    '/projects/demo/devices/dev%00',
    '/projects/%00',
    '/%00',
    '/projects/demo%2Fdevices',
  ]
  for (const path of unknown) {
    it(`return 404 for ${path.length > 60 ? `${path.slice(0, 40)}…` : path}`, async () => {
      const { status, body } = await demo.call('GET', path)
      assert.equal(status, 404)
      assert.equal(body.object, 'error')
      assert.equal(body.type, 'notFound')
    })
  }

  it('may follow a scheme and a host, as in requests to a proxy', async () => {
    const connection = await connectRaw(server.url)
    connection.write('GET http://example.com/health/live HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n')
    assert.equal((await connection.answer())?.status, 200)
    connection.close()
  })
})

describe('x-request-id', () => {
  const ownIds = ['a', 'A-1._z', 'x'.repeat(64), 'req_01H8XGJWBWBAQ4', '1234567890123']
  const unfit = [
    '',
    '49238884179892',
    'imei-490154203237518',
    'x'.repeat(65),
    'with space',
    'semi;colon',
    'slash/',
    'ümlaut',
    'line%0Abreak',
  ]

  for (const id of ownIds) {
    it(`echoes ${id.slice(0, 20)} on success and on failure`, async () => {
      const headers = { 'x-request-id': id }
      for (const answer of [
        await demo.call('GET', './devices', { headers }),
        await demo.call('GET', './devices?nonsense=1', { headers }),
        await demo.call('GET', '/nothing', { headers }),
        await server.callOpenly('GET', '/projects', { headers }),
      ]) {
        assert.equal(answer.headers['x-request-id'], id)
      }
    })
  }

  for (const id of unfit) {
    it(`is new when the caller sends ${JSON.stringify(id.slice(0, 20))}`, async () => {
      const { headers } = await demo.call('GET', './devices', { headers: { 'x-request-id': id } })
      assert.notEqual(headers['x-request-id'], id)
    })
  }

  it('differs from request to request', async () => {
    const first = await demo.call('GET', './devices')
    const second = await demo.call('GET', './devices')
    assert.notEqual(first.headers['x-request-id'], second.headers['x-request-id'])
  })

  it('is on the response to bytes that are not a valid request', async () => {
    for (const bytes of ['hello\r\n\r\n', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`]) {
      const answer = await askRaw(bytes)
      assert.match(answer?.headers['x-request-id'] ?? '', /^[0-9a-f-]{36}$/)
    }
  })
})

describe('the Host header', () => {
  it('is 400 when it is missing or given twice', async () => {
    const rest = `Authorization: Bearer ${token}\r\n\r\n`
    for (const hosts of ['', 'Host: a\r\nHost: a\r\n', 'Host: a\r\nhOST: b\r\n']) {
      const answer = await askRaw(`GET /projects HTTP/1.1\r\n${hosts}${rest}`)
      assert.equal(answer?.status, 400, hosts)
    }
    assert.equal((await askRaw(`GET /projects HTTP/1.1\r\nHost: a\r\n${rest}`))?.status, 200)
  })
})

describe('a path that ends in a slash', () => {
  it('is 404 with a hint that says so', async () => {
    for (const path of ['./devices/', '/deviceModels/search/']) {
      const { status, body } = await demo.call('POST', path, { body: {} })
      assert.equal(status, 404)
      assert.match(body.hint, /ends in a slash/)
    }
  })
})

describe('an Expect header', () => {
  it('is ignored when unknown', async () => {
    const answer = await askRaw(
      `GET /projects HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nExpect: a-cup-of-tea\r\n\r\n`,
    )
    assert.equal(answer?.status, 200)
    assert.ok(answer.headers['x-request-id'])
  })
})

async function askRaw(bytes: string) {
  const connection = await connectRaw(server.url)
  connection.write(bytes)
  const answer = await connection.answer()
  connection.close()
  return answer
}
