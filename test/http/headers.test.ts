import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startServer } from '../support/server.ts'

const APP_ORIGIN = 'https://app.example.com'

const closed = await startServer()
const open = await startServer({ settings: { corsOrigins: [APP_ORIGIN] } })
const closedProject = await closed.addProject('closed', 'test')
const openProject = await open.addProject('open', 'test')

describe('headers of every response', () => {
  it('keep personal data out of caches, and stop browsers from guessing content types', async () => {
    for (const { headers } of [
      await closedProject.call('GET', './devices'),
      await closed.callOpenly('GET', '/projects'),
      await closedProject.call('GET', '/nothing'),
    ]) {
      assert.equal(headers['cache-control'], 'no-store')
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'")
      assert.equal(headers['referrer-policy'], 'no-referrer')
    }
  })

  it('do not reveal any software', async () => {
    const { headers } = await closedProject.call('GET', './devices')
    assert.equal(headers.server, undefined)
    assert.equal(headers['x-powered-by'], undefined)
  })
})

describe('cross-origin requests', () => {
  const preflight = { origin: APP_ORIGIN, 'access-control-request-method': 'PATCH' }

  it('are denied by default', async () => {
    const { headers } = await closedProject.call('GET', './devices', { headers: { origin: APP_ORIGIN } })
    assert.equal(headers['access-control-allow-origin'], undefined)
    assert.equal((await closed.callOpenly('OPTIONS', '/projects', { headers: preflight })).status, 401)
  })

  it('are allowed for the configured origins, including preflights without a token', async () => {
    const { headers } = await openProject.call('GET', './devices', { headers: { origin: APP_ORIGIN } })
    assert.equal(headers['access-control-allow-origin'], APP_ORIGIN)
    assert.match(headers['access-control-expose-headers'] ?? '', /etag/)
    const answer = await fetch(`${open.url}/projects/open/devices`, { method: 'OPTIONS', headers: preflight })
    assert.equal(answer.status, 204)
    assert.match(answer.headers.get('access-control-allow-methods') ?? '', /PATCH/)
  })

  it('may use every method and the headers that a preflight names', async () => {
    const asked = { ...preflight, 'access-control-request-headers': 'authorization, idempotency-key' }
    const { status, headers } = await fetch(`${open.url}/projects`, { method: 'OPTIONS', headers: asked })
    assert.equal(status, 204)
    assert.equal(headers.get('access-control-allow-origin'), APP_ORIGIN)
    assert.equal(headers.get('access-control-allow-methods'), 'GET, HEAD, POST, PATCH, DELETE')
    assert.equal(headers.get('access-control-allow-headers'), 'authorization, idempotency-key')
    assert.equal(headers.get('vary'), 'Origin, Access-Control-Request-Headers')
  })

  it('need a token for OPTIONS that is not a preflight', async () => {
    assert.equal((await open.callOpenly('OPTIONS', '/projects')).status, 401)
    assert.equal((await openProject.call('OPTIONS', './devices')).status, 405)
  })

  it('are allowed for errors and pages too', async () => {
    for (const path of ['/projects', '/health/live']) {
      const { headers } = await fetch(open.url + path, { headers: { origin: APP_ORIGIN } })
      assert.equal(headers.get('access-control-allow-origin'), APP_ORIGIN)
      assert.equal(headers.get('cross-origin-resource-policy'), 'cross-origin')
    }
  })

  it('are denied for other origins', async () => {
    const headers = { origin: 'https://evil.example' }
    const answer = await openProject.call('GET', './devices', { headers })
    assert.notEqual(answer.headers['access-control-allow-origin'], headers.origin)
  })
})
