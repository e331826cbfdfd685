import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createKeyClient, createUser, createUserClient, makeImei } from '../support/factories.ts'
import { connectRaw, type RawConnection } from '../support/raw-connection.ts'
import { startServer } from '../support/server.ts'

const RATE_LIMIT = 5
const SEARCH_LIMIT = 2
const FAILURE_LIMIT = 3

let now = Date.parse('2026-01-01T00:00:00Z')
const limited = await startServer({
  clock: () => now,
  settings: { rateLimit: RATE_LIMIT, authFailureLimit: FAILURE_LIMIT, searchLimit: SEARCH_LIMIT },
})
const narrow = await startServer({ settings: { maxConcurrent: 1 } })
const shared = await startServer({
  settings: {
    tokenConcurrent: 2,
    projectConcurrent: 3,
    maxConcurrent: 10,
    addressConnections: 8,
    userMissLimit: 3,
    requestTimeout: 3,
    minBodyRate: 1_000,
  },
})

/** Moves past the current window of every limit. */
function passTime(): void {
  now += 60_000
}

describe('the rate limit', () => {
  it('reports on every response how much is left, and rejects further requests with Retry-After', async () => {
    const demo = await limited.addProject('rates', 'test')
    for (let left = RATE_LIMIT - 1; left >= 0; left--) {
      const { status, headers } = await demo.call('GET', '/projects')
      assert.equal(status, 200)
      assert.equal(headers['ratelimit-policy'], '"token";q=5;w=10')
      assert.equal(headers.ratelimit, `"token";r=${left};t=10`)
    }
    const rejected = await demo.call('GET', '/projects')
    assert.equal(rejected.status, 429)
    assert.equal(rejected.body.type, 'tooManyRequests')
    assert.equal(rejected.headers['retry-after'], '10')
    passTime()
    assert.equal((await demo.call('GET', '/projects')).status, 200)
  })

  it('counts each token separately', async () => {
    const demo = await limited.addProject('tokens', 'test')
    const other = await createUserClient(limited, demo, (await createUser(demo)).id)
    for (let asked = 0; asked < RATE_LIMIT; asked++) await demo.call('GET', '/projects')
    assert.equal((await demo.call('GET', '/projects')).status, 429)
    assert.equal((await other('GET', '/projects')).status, 200)
    passTime()
  })

  it('is lower for user tokens', async () => {
    const demo = await shared.addProject('lower', 'test')
    const other = await createUserClient(shared, demo, (await createUser(demo)).id)
    assert.equal((await other('GET', '/projects')).headers['ratelimit-policy'], '"token";q=1000;w=10')
    assert.equal((await demo.call('GET', '/projects')).headers['ratelimit-policy'], '"token";q=200000;w=10')
  })

  it('does not apply to health checks', async () => {
    for (let asked = 0; asked < RATE_LIMIT * 2; asked++) {
      const response = await fetch(`${limited.url}/health/live`)
      assert.equal(response.status, 200)
    }
  })
})

describe('the limit on failed authentication', () => {
  it('makes an address wait, but still accepts a valid token from it', async () => {
    const demo = await limited.addProject('failures', 'test')
    passTime()
    for (let asked = 0; asked < FAILURE_LIMIT; asked++) {
      assert.equal((await limited.callOpenly('GET', '/projects')).status, 401)
    }
    const rejected = await limited.callOpenly('GET', '/projects')
    assert.equal(rejected.status, 429)
    assert.ok(Number(rejected.headers['retry-after']) > 0)
    assert.equal((await demo.call('GET', '/projects')).status, 200)
    passTime()
    assert.equal((await limited.callOpenly('GET', '/projects')).status, 401)
  })
})

describe('the limit on concurrent requests', () => {
  it('returns 503 with Retry-After above it, and serves again afterwards', async () => {
    const demo = await narrow.addProject('narrow', 'test')
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const held = narrow.context.db.transaction(() => gate)
    const requests = ['a', 'b'].map((name) =>
      demo.call('POST', './users', { body: { email: `${name}@narrow.example` } }),
    )
    const rejected = await Promise.race(requests)
    open()
    await held
    assert.equal(rejected.status, 503)
    assert.equal(rejected.body.type, 'serviceUnavailable')
    assert.equal(rejected.headers['retry-after'], '1')
    assert.deepEqual((await Promise.all(requests)).map(({ status }) => status).sort(), [201, 503])
    assert.equal((await demo.call('GET', './users')).status, 200)
  })
})

function slowPost(project: string, token: string, length = 1_000): string {
  return (
    `POST /projects/${project}/users HTTP/1.1\r\nHost: handset\r\nAuthorization: Bearer ${token}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n{"email":"`
  )
}

/** Opens connections that each send these bytes, and closes them after `work`. */
async function withConnections(bytes: string[], work: (connections: RawConnection[]) => Promise<void>): Promise<void> {
  const connections: RawConnection[] = []
  try {
    for (const part of bytes) {
      const connection = await connectRaw(shared.url)
      connections.push(connection)
      connection.write(part)
    }
    await work(connections)
  } finally {
    for (const connection of connections) connection.close()
  }
}

/** Sends a request until it gets another status: the server notices a closed connection only after a moment. */
async function untilStatus(call: () => Promise<{ status: number }>, wanted: number): Promise<void> {
  const end = Date.now() + 20_000
  for (let status = 0; status !== wanted; ) {
    ;({ status } = await call())
    assert.ok(Date.now() < end, `${status}, not ${wanted}`)
  }
}

async function untilArriving(count: number): Promise<void> {
  const end = Date.now() + 20_000
  for (let text = ''; !text.includes(`handset_requests_arriving ${count}\n`); ) {
    text = await (await fetch(`${shared.url}/metrics`)).text()
    assert.ok(Date.now() < end, `not ${count} requests arrive`)
  }
}

describe('requests whose bodies still arrive', () => {
  it('count for their token and their project, with 429, but do not block others', async () => {
    const demo = await shared.addProject('arriving', 'test')
    const user = await createUserClient(shared, demo, (await createUser(demo)).id)
    const other = await shared.addProject('bystander', 'test')
    await withConnections(Array(2).fill(slowPost('arriving', demo.token)), async () => {
      await untilArriving(2)
      const refused = await demo.call('GET', '/projects')
      assert.match(refused.body.message, /token has too many requests in progress/)
      assert.equal(refused.status, 429)
      assert.equal(refused.headers['retry-after'], '1')
      assert.equal((await user('GET', '/projects')).status, 200)
      assert.equal((await other.call('GET', '/projects')).status, 200)
    })
    await untilStatus(() => demo.call('GET', '/projects'), 200)
  })

  it('get 408 if they arrive too slowly, each by its own deadline, while an import streams', async () => {
    const demo = await shared.addProject('slow', 'test')
    const importing =
      `POST /projects/slow/devices/import HTTP/1.1\r\nHost: handset\r\nAuthorization: Bearer ${demo.token}\r\n` +
      'Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n'
    await withConnections([importing, slowPost('slow', demo.token)], async ([, slow]) => {
      const started = performance.now()
      const answer = await (slow as RawConnection).answer('POST')
      const took = performance.now() - started
      assert.equal(answer?.status, 408)
      assert.ok(took < 2_900, `ended after ${Math.round(took)} ms, before the total time is over`)
    })
  })
})

describe('the limit on connections of an address', () => {
  it('closes further ones with 429, and accepts new ones when earlier ones close', async () => {
    const before = connectRaw(shared.url)
    await withConnections(Array(9).fill(''), async (connections) => {
      const answer = await (connections.at(-1) as RawConnection).answer()
      assert.equal(answer?.status, 429)
      assert.equal(JSON.parse(answer?.body ?? '').type, 'tooManyRequests')
    })
    ;(await before).close()
    await untilStatus(
      async () => (await fetch(`${shared.url}/health/live`).catch(() => ({ status: 0 }))) as Response,
      200,
    )
  })
})

describe('the limit on searches that find nothing', () => {
  it('rejects every search of a user token beyond it, even one that would find something', async () => {
    const demo = await shared.addProject('misses', 'test')
    const device = await createDevice(demo)
    const user = await createUserClient(shared, demo, (await createUser(demo)).id)
    const search = (imei: string) => user('POST', './devices/search', { body: { imei } })
    assert.equal((await search(device.imei)).body.items.length, 1)
    for (let number = 0; number < 3; number++) assert.deepEqual((await search(makeImei())).body.items, [])
    const rejected = await search(device.imei)
    assert.equal(rejected.status, 429)
    assert.match(rejected.body.message, /too many searches that find nothing/)
    assert.ok(Number(rejected.headers['retry-after']) > 0)
    assert.equal((await user('GET', './devices')).status, 200)
    const backend = await demo.call('POST', './devices/search', { body: { imei: makeImei() } })
    assert.equal(backend.status, 200)
  })

  it('applies to searches with q and to keys that only read, and is logged without what was searched', async () => {
    const demo = await shared.addProject('viewers', 'test')
    const viewer = await createKeyClient(shared, demo, 'viewer')
    const editor = await createKeyClient(shared, demo, 'editor')
    for (const list of ['users', 'devices', 'sims']) {
      assert.equal((await viewer('GET', `./${list}?q=unobtainable`)).status, 200)
    }
    for (const list of ['users?q=x', 'devices?q=x', 'sims?q=x']) {
      assert.equal((await viewer('GET', `./${list}`)).status, 429)
      assert.equal((await editor('GET', `./${list}`)).status, 200)
    }
    assert.equal((await viewer('GET', './users')).status, 200)
    const log = shared.log.lines().join('')
    assert.match(log, /"token":"key_\w+","project":"viewers","msg":"a token makes too many searches that find nothing"/)
    assert.doesNotMatch(log, /unobtainable/)
  })

  it('applies to counts of zero', async () => {
    const demo = await shared.addProject('counters', 'test')
    const viewer = await createKeyClient(shared, demo, 'viewer')
    for (const kind of ['users', 'devices', 'sims']) {
      assert.equal((await viewer('GET', `./${kind}/count?q=unobtainable`)).body.count, 0)
    }
    assert.equal((await viewer('GET', './users/count?q=x')).status, 429)
    assert.equal((await viewer('GET', './users/count')).status, 200)
  })
})

describe('the limit on searches', () => {
  it('rejects the searches of a user token and of a key that only reads, whatever they find', async () => {
    const demo = await limited.addProject('searches', 'test')
    passTime()
    const { email, id } = await createUser(demo)
    const viewer = await createKeyClient(limited, demo, 'viewer')
    const user = await createUserClient(limited, demo, id)
    for (const call of [viewer, user]) {
      for (let made = 0; made < SEARCH_LIMIT; made++) {
        assert.equal((await call('POST', './users/search', { body: { email } })).body.items.length, 1)
      }
      const rejected = await call('GET', `./users?q=${email}`)
      assert.equal(rejected.status, 429)
      assert.equal(rejected.body.message, 'This token makes too many searches')
    }
    passTime()
    for (let made = 0; made < 2 * SEARCH_LIMIT; made++) {
      assert.equal((await demo.call('POST', './users/search', { body: { email } })).status, 200)
    }
  })
})
