import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { publicUrlProblem } from '../../src/settings.ts'
import { createDevice } from '../support/factories.ts'
import { operations } from '../support/openapi-document.ts'
import { startPathProxy } from '../support/path-proxy.ts'
import { startServer } from '../support/server.ts'

const server = await startServer({ settings: { publicUrl: 'https://ops.example/handset' } })
const project = await server.addProject('acme', 'test')
const device = await createDevice(project)
const authorization = `Bearer ${project.token}`

for (const strips of [true, false]) {
  describe(`behind a proxy that ${strips ? 'removes' : 'keeps'} the path /handset`, async () => {
    const url = await startPathProxy(() => server.url, { path: '/handset', strips })

    it('the whole API is below it', async () => {
      const path = `${url}/projects/acme/devices`
      assert.equal((await fetch(`${path}/${device.id}?`, { headers: { authorization } })).status, 200)
      const list = (await (await fetch(`${path}?limit=1`, { headers: { authorization } })).json()) as {
        items: unknown[]
      }
      assert.deepEqual(list.items, [device])
      assert.equal((await fetch(`${path}/${device.id}`)).status, 401)
      assert.equal((await fetch(`${url}/health/ready`)).status, 200)
    })

    it('a session of the console has a cookie for this path, with a name that browsers accept over TLS only', async () => {
      const headers = { authorization, 'x-handset-console': '1' }
      const { headers: given } = await fetch(`${url}/console/session`, { method: 'POST', headers })
      assert.match(given.getSetCookie()[0] ?? '', /^__Secure-handset_session_acme=hcs_\w+; Path=\/handset; .*; Secure$/)
    })

    it('browsers that open it get the console', async () => {
      const headers = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }
      for (const path of strips ? ['/'] : ['', '/', '/?a=b/c']) {
        const start = url + path
        const response = await fetch(start, { headers, redirect: 'manual' })
        assert.equal(response.status, 303, path)
        assert.equal(new URL(response.headers.get('location') ?? '', start).href, `${url}/console`, path)
      }
    })

    it('openapi.json names it as the server of the operations', async () => {
      const { servers } = (await (await fetch(`${url}/openapi.json`)).json()) as { servers: { url: string }[] }
      const base = new URL(servers[0]?.url ?? '', `${url}/openapi.json`).href
      assert.equal(base, url)
      assert.equal((await fetch(`${base}/deviceModels?limit=1`, { headers: { authorization } })).status, 200)
    })

    it('the reference links to the documents for programs', async () => {
      const page = await (await fetch(`${url}/reference`)).text()
      const addresses = [...page.matchAll(/href="([^"#:]+)"/g)].map(([, address = '']) => address)
      assert.deepEqual(addresses, ['openapi.json', 'llms.txt'])
      for (const address of addresses) {
        assert.equal((await fetch(new URL(address, `${url}/reference`))).status, 200, address)
      }
    })

    it('the paths of an error are those of the API', async () => {
      const wrong = await fetch(`${url}/projects/acme/devices/`, { headers: { authorization } })
      assert.match(((await wrong.json()) as { hint: string }).hint, /^The path ends in a slash/)
      for (const path of ['', '/', '/handset', '/nothing']) {
        assert.equal((await fetch(url + path, { headers: { authorization } })).status, 404, path)
      }
    })
  })
}

describe('a server with a base path', () => {
  it('also has its paths without it, for health checks and programs on the same machine', async () => {
    assert.equal((await fetch(`${server.url}/health/live`)).status, 200)
    assert.equal((await project.call('GET', `./devices/${device.id}`)).status, 200)
  })

  it('does not mistake a longer first segment for it', async () => {
    assert.equal((await project.call('GET', '/handsets/projects')).status, 404)
    assert.equal((await project.call('GET', '/handsetprojects')).status, 404)
  })
})

describe('HANDSET_PUBLIC_URL', () => {
  it('may not start with a path of Handset', () => {
    const first = new Set(operations.map(({ path }) => path.split('/')[1]))
    for (const name of [...first, 'console', 'reference', 'openapi.json', 'llms.txt', 'health', 'metrics']) {
      assert.match(publicUrlProblem(`https://ops.example/${name}/x`) ?? '', /whose path does not start with/)
    }
  })
})
