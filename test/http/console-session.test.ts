import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { createLink } from '../../src/resources/console-sessions/console-sessions.ts'
import { sweep } from '../../src/serve/jobs/sweep.ts'
import { createUser } from '../support/factories.ts'
import { startServer, type TestProject } from '../support/server.ts'

const HOUR = 3_600_000
const start = Date.parse('2026-11-01T09:00:00Z')
let now = start
const server = await startServer({ clock: () => now })
const support = await server.addProject('support', 'live')
const other = await server.addProject('other', 'test')

interface SessionResponse {
  status: number
  /** The cookies as a browser sends them back. */
  cookies: string[]
  setCookie: string[]
  body: { projects: { project: { id: string }; key: { name: string; role: string } }[]; hint?: string }
}

interface Options {
  token?: string
  cookies?: string[]
  body?: object
  headers?: Record<string, string>
}

async function session(method: string, { token, cookies = [], body, headers }: Options = {}): Promise<SessionResponse> {
  const response = await fetch(`${server.url}/console/session`, {
    method,
    headers: {
      'x-handset-console': '1',
      ...(token && { authorization: `Bearer ${token}` }),
      ...(cookies.length > 0 && { cookie: cookies.join('; ') }),
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  const setCookie = response.headers.getSetCookie()
  const given = setCookie.map((cookie) => cookie.split(';')[0] as string)
  return {
    status: response.status,
    setCookie,
    cookies: given,
    body: (await response.json()) as SessionResponse['body'],
  }
}

function call(path: string, cookies: string[], headers: Record<string, string> = { 'x-handset-console': '1' }) {
  return fetch(server.url + path, { headers: { cookie: cookies.join('; '), ...headers } }).then(({ status }) => status)
}

const signIn = async ({ token }: TestProject, cookies: string[] = []) =>
  (await session('POST', { token, cookies })).cookies

const keyIdOf = async ({ call }: TestProject) => (await call('GET', './apiKeys')).body.items.at(-1).id as string

/** Resolves once a use at this time is stored, which the server does after a second. */
async function stored(time: number): Promise<void> {
  const usedAt = new Date(time).toISOString()
  const query = 'SELECT 1 FROM console_sessions WHERE project_id = $1 AND used_at = $2'
  while ((await server.context.db.get(query, ['support', usedAt])) === undefined) await setImmediate()
}

/** Makes this the time of the last use of every session. */
async function useAll(time: number): Promise<void> {
  const usedAt = new Date(time).toISOString()
  await server.context.db.run('UPDATE console_sessions SET used_at = $2 WHERE project_id = $1', ['support', usedAt])
}

describe('a session of the console', () => {
  it('is opened with an API key, in a cookie that scripts and other sites cannot use', async () => {
    const { status, setCookie, body } = await session('POST', { token: support.token })
    assert.equal(status, 201)
    assert.match(setCookie[0] ?? '', /^handset_session_support=hcs_\w+; Path=\/; HttpOnly; SameSite=Strict$/)
    assert.deepEqual(
      body.projects.map(({ project, key }) => [project.id, key.role]),
      [['support', 'admin']],
    )
    const kept = await session('POST', { token: support.token, body: { remember: true } })
    assert.match(kept.setCookie[0] ?? '', /; Max-Age=604800$/)
  })

  it('has a name over TLS that browsers reserve for cookies set over TLS by the server itself', async () => {
    const headers = { 'x-forwarded-proto': 'https' }
    const { setCookie, cookies } = await session('POST', { token: support.token, headers })
    assert.match(
      setCookie[0] ?? '',
      /^__Host-handset_session_support=hcs_\w+; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    )
    const path = '/projects/support/devices'
    assert.equal(await call(path, cookies, { 'x-handset-console': '1', ...headers }), 200)
    // Without TLS, anybody could have set a cookie of the other name.
    const plain = await signIn(support)
    assert.equal(await call(path, plain, { 'x-handset-console': '1', ...headers }), 401)
    const ended = await session('DELETE', { cookies, headers })
    assert.match(ended.setCookie[0] ?? '', /^__Host-handset_session_support=; .*Secure; Max-Age=0$/)
  })

  it('is rejected without a valid key, for a user token and with unknown properties', async () => {
    assert.equal((await session('POST')).status, 401)
    assert.equal((await session('POST', { token: 'hsk_wrong' })).status, 401)
    const user = await createUser(support)
    const { body } = await support.call('POST', `./users/${user.id}/tokens`, { body: {} })
    assert.equal((await session('POST', { token: body.token })).status, 403)
    assert.equal((await session('POST', { token: support.token, body: { stay: true } })).status, 422)
  })

  it('cannot be opened with another session', async () => {
    const cookies = await signIn(support)
    assert.equal((await session('POST', { cookies })).status, 401)
    const token = cookies[0]?.split('=')[1]
    assert.equal((await session('POST', { headers: { authorization: `Session ${token}` } })).status, 401)
  })

  it('replaces the key in requests with the header of the console, and in no others', async () => {
    const cookies = await signIn(support)
    assert.equal(await call('/projects/support/devices', cookies), 200)
    assert.equal(await call('/deviceModels', cookies), 200)
    assert.equal(await call('/projects/support/devices', cookies, {}), 401)
    const bearer = { authorization: `Bearer ${cookies[0]?.split('=')[1]}` }
    assert.equal(await call('/projects/support/devices', [], bearer), 401)
  })

  it('has the role of its key', async () => {
    const { body: key } = await support.call('POST', './apiKeys', { body: { name: 'desk', role: 'viewer' } })
    const { cookies, body } = await session('POST', { token: key.token })
    assert.deepEqual(
      body.projects.map(({ key: { name, role } }) => [name, role]),
      [['desk', 'viewer']],
    )
    assert.equal(await call('/projects/support/devices', cookies), 200)
    assert.equal(await call('/projects/support/devices/export', cookies), 403)
  })

  it('ends when its key is revoked', async () => {
    const { body: key } = await support.call('POST', './apiKeys', { body: { name: 'leaver' } })
    const cookies = await signIn({ ...support, token: key.token })
    assert.equal(await call('/projects/support/devices', cookies), 200)
    await support.call('DELETE', `./apiKeys/${key.id}`)
    assert.equal(await call('/projects/support/devices', cookies), 401)
    const { body, setCookie } = await session('GET', { cookies })
    assert.deepEqual(body.projects, [])
    assert.match(setCookie[0] ?? '', /^handset_session_support=; .*Max-Age=0$/)
  })

  it('can be for several projects', async () => {
    const first = await signIn(support)
    const { cookies: second, body } = await session('POST', { token: other.token, cookies: first })
    assert.deepEqual(
      body.projects.map(({ project }) => project.id),
      ['other', 'support'],
    )
    const both = [...first, ...second]
    assert.equal(await call('/projects/support/devices', both), 200)
    assert.equal(await call('/projects/other/devices', both), 200)
    assert.equal(await call('/projects/other/devices', first), 401)
    const { body: shown } = await session('GET', { cookies: both })
    assert.equal(shown.projects.length, 2)
  })

  it('ends by signing out', async () => {
    const cookies = await signIn(support)
    const stays = await signIn(support)
    const { status, setCookie } = await session('DELETE', { cookies })
    assert.equal(status, 200)
    assert.match(setCookie[0] ?? '', /Max-Age=0/)
    assert.equal(await call('/projects/support/devices', cookies), 401)
    assert.equal(await call('/projects/support/devices', stays), 200)
  })

  it('ends after 8 hours without a request, and after 7 days in any case', async () => {
    const idle = await signIn(support)
    const used = await signIn(support)
    for (const hours of [7, 14]) {
      now = start + hours * HOUR
      assert.equal(await call('/projects/support/devices', used), 200, `after ${hours} hours`)
      await stored(now)
    }
    assert.equal(await call('/projects/support/devices', idle), 401)
    await useAll(start + 167 * HOUR)
    now = start + 168 * HOUR - 1
    assert.equal(await call('/projects/support/devices', used), 200)
    now += 1
    assert.equal(await call('/projects/support/devices', used), 401)
    await sweep(server.context, new AbortController().signal)
    const left = await server.context.db.all('SELECT 1 FROM console_sessions WHERE project_id = $1', ['support'])
    assert.equal(left.length, 0)
  })
})

describe('a link to the console', () => {
  it('signs in once, within 15 minutes', async () => {
    const keyId = await keyIdOf(support)
    const code = await createLink(server.context, support.project, keyId)
    const { status, cookies } = await session('POST', { body: { code } })
    assert.equal(status, 201)
    assert.equal(await call('/projects/support/devices', cookies), 200)
    assert.equal((await session('POST', { body: { code } })).status, 401)
    const late = await createLink(server.context, support.project, keyId)
    now += 15 * 60_000
    const { status: rejected, body } = await session('POST', { body: { code: late } })
    assert.equal(rejected, 401)
    assert.match(body.hint ?? '', /older than 15 minutes/)
  })
})

describe('the path /', () => {
  const visit = (accept: string) => fetch(server.url, { headers: { accept }, redirect: 'manual' })

  it('redirects browsers to the console', async () => {
    const response = await visit('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8')
    assert.equal(response.status, 303)
    assert.equal(response.headers.get('location'), 'console')
  })

  it('is unknown to other clients', async () => {
    for (const accept of ['*/*', 'application/json', 'application/json, text/html;q=0.5']) {
      assert.equal((await visit(accept)).status, 401, accept)
    }
  })
})
