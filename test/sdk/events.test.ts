import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createHandset, HandsetError } from '../../sdk/src/handset.ts'
import { makeEmail } from '../support/factories.ts'
import { startServer } from '../support/server.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

const server = await startServer()

describe('events.follow', () => {
  it('returns every event after one, oldest first, and survives a lost connection', async () => {
    const { token } = await server.addProject('followed', 'test')
    const proxy = await startTcpProxy(Number(new URL(server.url).port))
    const handset = createHandset({ baseUrl: server.url, token, project: 'followed' })
    const throughProxy = createHandset({ baseUrl: `http://127.0.0.1:${proxy.port}`, token, project: 'followed' })
    const created: string[] = []
    const create = async () => created.push((await handset.users.create({ email: makeEmail() })).id)
    await create()
    const [newest] = (await handset.events.list({ limit: 1 })).items
    const following = new AbortController()
    const seen: string[] = []
    for (let count = 0; count < 3; count++) await create()
    for await (const event of throughProxy.events.follow({ from: newest?.id, signal: following.signal })) {
      assert.equal(event.type, 'com.gigs.user.created')
      if (event.type === 'com.gigs.user.created') seen.push(event.data?.id ?? '')
      if (seen.length === 3) {
        proxy.cut()
        await create()
        proxy.restore()
      }
      if (seen.length === 4) following.abort()
    }
    assert.deepEqual(seen, created.slice(1))
  })

  it('starts from now without an event, and filters', async () => {
    const { token } = await server.addProject('from-now', 'test')
    const handset = createHandset({ baseUrl: server.url, token, project: 'from-now' })
    await handset.users.create({ email: makeEmail() })
    const following = new AbortController()
    const { signal } = following
    const first = (async () => {
      for await (const event of handset.events.follow({ type: ['com.gigs.sim.*'], signal })) return event
      return undefined
    })()
    // The follower starts before or after these changes. In both cases, it must return only the SIM's event.
    await handset.users.create({ email: makeEmail() })
    for (let number = 0; ; number++) {
      const iccid = `898830700000000${String(number).padStart(4, '0')}`
      await handset.sims.create({ iccid })
      const event = await Promise.race([first, new Promise((resolve) => setImmediate(resolve))])
      if (event === undefined) continue
      assert.equal((event as { type: string }).type, 'com.gigs.sim.created')
      return
    }
  })

  it('throws for an event that is not kept, and for an invalid token', async () => {
    const { token } = await server.addProject('expired', 'test')
    const follow = async (key: string, from?: string) => {
      const { events } = createHandset({ baseUrl: server.url, token: key, project: 'expired' })
      for await (const _ of events.follow({ from })) return
    }
    const isExpired = (error: unknown) => error instanceof HandsetError && error.code === 'cursorExpired'
    await assert.rejects(follow(token, `evt_${'0'.repeat(28)}`), isExpired)
    const isRejected = (error: unknown) => error instanceof HandsetError && error.type === 'unauthenticated'
    await assert.rejects(follow(`${token}x`), isRejected)
  })
})
