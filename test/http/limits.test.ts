import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createUser, createUserClient } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const RATE_LIMIT = 5
const FAILURE_LIMIT = 3

let now = Date.parse('2026-01-01T00:00:00Z')
const limited = await startServer({
  clock: () => now,
  settings: { rateLimit: RATE_LIMIT, authFailureLimit: FAILURE_LIMIT },
})
const narrow = await startServer({ settings: { maxConcurrent: 1 } })

/** Moves past the current window of every limit. */
function passTime(): void {
  now += 60_000
}

describe('the rate limit', () => {
  it('reports on every response how much is left, and rejects further requests with Retry-After', async () => {
    const demo = await limited.addProject('rates', 'test')
    for (let left = RATE_LIMIT - 1; left >= 0; left--) {
      const { status, headers } = await demo.ask('GET', '/projects')
      assert.equal(status, 200)
      assert.equal(headers['ratelimit-policy'], '"token";q=5;w=10')
      assert.equal(headers.ratelimit, `"token";r=${left};t=10`)
    }
    const rejected = await demo.ask('GET', '/projects')
    assert.equal(rejected.status, 429)
    assert.equal(rejected.body.type, 'tooManyRequests')
    assert.equal(rejected.headers['retry-after'], '10')
    passTime()
    assert.equal((await demo.ask('GET', '/projects')).status, 200)
  })

  it('counts each token separately', async () => {
    const demo = await limited.addProject('tokens', 'test')
    const other = await createUserClient(limited, demo, (await createUser(demo)).id)
    for (let asked = 0; asked < RATE_LIMIT; asked++) await demo.ask('GET', '/projects')
    assert.equal((await demo.ask('GET', '/projects')).status, 429)
    assert.equal((await other('GET', '/projects')).status, 200)
    passTime()
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
      assert.equal((await limited.askOpenly('GET', '/projects')).status, 401)
    }
    const rejected = await limited.askOpenly('GET', '/projects')
    assert.equal(rejected.status, 429)
    assert.ok(Number(rejected.headers['retry-after']) > 0)
    assert.equal((await demo.ask('GET', '/projects')).status, 200)
    passTime()
    assert.equal((await limited.askOpenly('GET', '/projects')).status, 401)
  })
})

describe('the limit on concurrent requests', () => {
  it('returns 503 with Retry-After above it, and serves again afterwards', async () => {
    const demo = await narrow.addProject('narrow', 'test')
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const held = narrow.context.db.transaction(() => gate)
    const requests = ['a', 'b'].map((name) =>
      demo.ask('POST', './users', { body: { email: `${name}@narrow.example` } }),
    )
    const rejected = await Promise.race(requests)
    open()
    await held
    assert.equal(rejected.status, 503)
    assert.equal(rejected.body.type, 'serviceUnavailable')
    assert.equal(rejected.headers['retry-after'], '1')
    assert.deepEqual((await Promise.all(requests)).map(({ status }) => status).sort(), [201, 503])
    assert.equal((await demo.ask('GET', './users')).status, 200)
  })
})
