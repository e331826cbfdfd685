import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createHandset } from '../../sdk/src/handset.ts'
import { systemCaller } from '../../src/caller.ts'
import { type Context, createContext } from '../../src/context.ts'
import type { Database } from '../../src/db/port.ts'
import { openPostgres } from '../../src/db/postgres/open.ts'
import { createRandom } from '../../src/domain/random.ts'
import { createEventLog } from '../../src/events/log.ts'
import { createDevice, updateDevice } from '../../src/resources/devices/devices.ts'
import { requireProject } from '../../src/resources/projects/projects.ts'
import { makeImei } from '../support/factories.ts'
import { scale, seed } from '../support/fault-scale.ts'
import { startServerProcess } from '../support/server-process.ts'
import { makeStore } from '../support/store.ts'

const CHANGES = scale(1_500, 100_000)
const WORKERS = scale('1', '4')
const KILLS = scale(1, 5)
/** The share of transactions that are held open before their commit, and the longest delay in milliseconds. */
const DELAYED = 0.02
const LONGEST_DELAY = scale(1_000, 5_000)
const WRITERS = 40
const CONNECTIONS = 20

const store = (await makeStore()) as { DATABASE_URL: string }
const random = createRandom(seed)

/** A context on connections of its own, some of whose commits are late, as if by another node. */
async function openWriter(): Promise<Context> {
  const db = openPostgres(store.DATABASE_URL, { patience: 60_000, connections: CONNECTIONS })
  after(() => db.close())
  const late: Database = {
    ...db,
    transaction: (work) =>
      db.transaction(async (tx) => {
        const result = await work(tx)
        if (random.chance(DELAYED)) await pause(random.below(LONGEST_DELAY))
        return result
      }),
  }
  return createContext({ db: late, clock: Date.now, log: createEventLog({ db, days: 30 }), source: String })
}

/** docs/contract.md §13: all events of a project have one order, which has no gaps for a follower. */
describe('the order of events, with two servers and late commits', () => {
  it(`shows a follower each of ${CHANGES} changes once`, { timeout: 3_000_000 }, async (t) => {
    const environment = { HANDSET_WORKERS: WORKERS, HANDSET_RATE_LIMIT: '0' }
    const first = await startServerProcess(store, environment)
    let killed = await startServerProcess(store, environment)
    const writers = [await openWriter(), await openWriter()]
    const project = await requireProject(writers[0] as Context, 'demo')
    const caller = systemCaller(project)
    const { events } = createHandset({ baseUrl: first.url, token: first.key as string, project: 'demo' })

    const following = new AbortController()
    const seen: { id: string; device: string; step: number }[] = []
    const from = (await events.list({ limit: 1 })).items[0]?.id
    const follower = (async () => {
      for await (const { id, type, data } of events.follow({ from, signal: following.signal })) {
        assert.match(type, /device\.(created|updated)$/)
        const { id: device, name } = data as { id: string; name: string }
        seen.push({ id, device, step: Number(name) })
      }
    })()

    let made = 0
    async function write(number: number): Promise<void> {
      const context = (turn: number) => writers[(number + turn) % writers.length] as Context
      const { id } = JSON.parse(await createDevice(context(0), caller, { imei: makeImei(), name: '0' }))
      made += 1
      for (let step = 1; made < CHANGES; step++) {
        made += 1
        await updateDevice(context(step), caller, id, { name: String(step) }, null)
      }
    }
    async function killNodes(): Promise<void> {
      for (let kill = 1; kill <= KILLS; kill++) {
        while (made < (CHANGES * kill) / (KILLS + 1)) await pause(10)
        await killed.killIn(0)
        killed = await startServerProcess(store, environment)
      }
    }
    const start = performance.now()
    const killing = killNodes()
    await Promise.all(Array.from({ length: WRITERS }, (_, number) => write(number)))
    const written = performance.now()
    await killing
    for (const deadline = performance.now() + 30_000; seen.length < made && performance.now() < deadline; )
      await pause(10)
    following.abort()
    await follower

    assert.equal(seen.length, made, 'the follower saw every change')
    assert.equal(new Set(seen.map(({ id }) => id)).size, made, 'and none twice')
    const steps = new Map<string, number>()
    for (const { device, step } of seen) {
      assert.equal(step, (steps.get(device) ?? -1) + 1, 'in the order of their commits')
      steps.set(device, step)
    }
    const seconds = (written - start) / 1000
    t.diagnostic(
      `seed ${seed}; ${made} changes in ${seconds.toFixed(1)} s by ${WRITERS} writers, ${DELAYED * 100} % of the commits up to ${LONGEST_DELAY} ms late; ` +
        `2 servers of ${WORKERS} workers, ${KILLS} killed; every event seen once, in order`,
    )
    assert.equal(await first.stop(), 0)
    assert.equal(await killed.stop(), 0)
  })
})
