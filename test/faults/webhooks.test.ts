import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRandom } from '../../src/domain/random.ts'
import { countKills, reportProgress, scale, seed } from '../support/fault-scale.ts'
import { startReceiver } from '../support/receiver.ts'
import type { Client } from '../support/server.ts'
import { requireHealthyStore, startServerProcess, untilLeft } from '../support/server-process.ts'
import { makeStore } from '../support/store.ts'

const KILLS = countKills(3, 300)
const WRITERS = 32

/** The longest time from the first acknowledged change to a kill, in milliseconds. */
const LONGEST_LIFE = 600

/** How long the last events may take to arrive, in milliseconds: the lease of the last process that was killed, and more. */
const PATIENCE = scale(60_000, 600_000)

const ENVIRONMENT = { HANDSET_RATE_LIMIT: '0', HANDSET_WEBHOOK_NETWORKS: '127.0.0.0/8' }

describe('webhooks of a server that is killed', () => {
  it(`reach the endpoint for every acknowledged change, after ${KILLS} kills`, { timeout: 3_600_000 }, async (t) => {
    const random = createRandom(seed)
    const store = await makeStore()
    const receiver = await startReceiver()
    const acknowledged = new Set<string>()
    let key = ''
    let sent = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const server = await startServerProcess(store, ENVIRONMENT)
      key = server.key ?? key
      const call = server.clientWith(key)
      if (kill === 0) {
        const body = { url: receiver.url, eventTypes: ['com.gigs.user.created'] }
        assert.equal((await call('POST', './webhookEndpoints', { body })).status, 201)
      }
      const { promise: isWriting, resolve: onAcknowledged } = Promise.withResolvers<void>()
      const life = isWriting.then(() => server.killIn(random.below(LONGEST_LIFE)))
      await Promise.all(Array.from({ length: WRITERS }, () => write(call, server.isRunning, onAcknowledged)))
      await life
      await untilLeft(store)
      if (kill % 20 === 0) reportProgress(`${kill + 1} kills, ${acknowledged.size} changes acknowledged`)
    }

    const server = await startServerProcess(store, ENVIRONMENT)
    const arrived = () => new Set(receiver.received.map(({ event }) => event.data.id))
    const deadline = performance.now() + PATIENCE
    const missing = () => {
      const present = arrived()
      return [...acknowledged].filter((id) => !present.has(id))
    }
    while (performance.now() < deadline && missing().length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    assert.deepEqual(missing(), [], 'events of acknowledged changes that did not arrive')
    const call = server.clientWith(key)
    for (const id of [...arrived()].slice(-200)) {
      assert.equal((await call('GET', `./users/${id}`)).status, 200, 'every event that arrived has its change')
    }
    assert.equal(await server.stop(), 0)
    await requireHealthyStore(store)
    const unique = new Set(receiver.received.map(({ event }) => event.id)).size
    t.diagnostic(`seed ${seed}; ${KILLS} kills; ${sent} changes sent, ${acknowledged.size} acknowledged`)
    t.diagnostic(`${unique} events arrived, 0 lost, ${receiver.received.length - unique} of them repeated`)

    async function write(call: Client, isRunning: () => boolean, onAcknowledged: () => void): Promise<void> {
      while (isRunning()) {
        sent += 1
        try {
          const { status, body } = await call('POST', './users', { body: { email: `kill${sent}@example.com` } })
          if (status !== 201) return
          acknowledged.add(body.id)
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error
          return
        }
        onAcknowledged()
      }
    }
  })
})
