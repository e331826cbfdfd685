import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runForJson } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { makeIccid, makeImei } from '../support/factories.ts'
import type { Client } from '../support/server.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { makeStore, openStore } from '../support/store.ts'

const NODES = 3

/** How long a node that has not yet noticed the revocation may accept a revoked key, in milliseconds. */
const REVOKED_WITHIN = 1_000

/** A registration that waits for another transaction. */
const WAITING_INSERT = `SELECT 1 AS found FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event = 'transactionid' AND query LIKE 'INSERT INTO devices%'`

const store = await makeStore()
// All start at the same time, on an empty database.
const nodes = await Promise.all(Array.from({ length: NODES }, () => startServerProcess(store)))
const [first, second] = nodes as [ServerProcess, ServerProcess, ServerProcess]
const [key, ...otherKeys] = nodes.flatMap((node) => node.key ?? [])

/** A client of each node, with one key. */
function callAll(token: string): Client[] {
  return nodes.map(({ clientWith }) => clientWith(token))
}

describe('several servers on one database', () => {
  it('start together on an empty database, and one of them prints the key of the demo project', async () => {
    assert.ok(key)
    assert.deepEqual(otherKeys, [])
    for (const call of callAll(key)) {
      const { body } = await call('POST', '/deviceModels/search', { body: { imei: '492388841798923' } })
      assert.equal(body.items[0].name, 'iPhone 12 Pro')
    }
  })

  it('show a change made through one of them immediately on all of them', async () => {
    const clients = callAll(key as string)
    for (const write of clients) {
      const { body: device } = await write('POST', './devices', { body: { imei: makeImei() } })
      for (const read of clients) assert.deepEqual((await read('GET', `./devices/${device.id}`)).body, device)
      for (const read of clients) assert.equal((await read('GET', './devices')).body.items[0].id, device.id)
      assert.equal((await write('DELETE', `./devices/${device.id}`)).status, 200)
    }
  })

  it('register a device whose IMEI and SIM another device is just giving up', async () => {
    const [call] = callAll(key as string) as [Client]
    const { body: sim } = await call('POST', './sims', { body: { iccid: makeIccid() } })
    const body = { imei: makeImei(), sims: [sim.id] }
    const { body: old } = await call('POST', './devices', { body })
    const db = openStore(store)
    try {
      // The registration sees the old device, and then waits to learn whether its IMEI becomes free.
      const response = await db.transaction(async (tx) => {
        await tx.run('UPDATE sims SET device_id = NULL, device_position = NULL WHERE device_id = $1', [old.id])
        await tx.run('DELETE FROM devices WHERE id = $1', [old.id])
        const registered = call('POST', './devices', { body })
        while ((await db.get(WAITING_INSERT)) === undefined) await Promise.resolve()
        return { registered }
      })
      const { status, body: device } = await response.registered
      assert.equal(status, 201, JSON.stringify(device))
      assert.deepEqual(device.sims, [sim])
    } finally {
      await db.close()
    }
  })

  it('create ids that never collide and that sort by creation', async () => {
    const clients = callAll(key as string)
    const together = await Promise.all(
      Array.from({ length: 60 }, (_, turn) =>
        (clients[turn % NODES] as Client)('POST', './devices', { body: { imei: makeImei() } }),
      ),
    )
    const ids = together.map(({ body }) => body.id)
    assert.equal(new Set(ids).size, ids.length)
    const inTurn: string[] = []
    for (let turn = 0; turn < 12; turn++) {
      const { body } = await (clients[turn % NODES] as Client)('POST', './devices', { body: { imei: makeImei() } })
      inTurn.push(body.id)
    }
    // Ids start with their millisecond. Within one millisecond, their order is random.
    const times = inTurn.map((id) => id.slice(0, 12))
    assert.deepEqual(times, times.toSorted())
    assert.ok((ids.toSorted().at(-1) as string).slice(0, 12) <= (times[0] as string))
  })

  it('apply a change once when all of them receive it with one idempotency key', async () => {
    const clients = callAll(key as string)
    const headers = { 'idempotency-key': 'over all nodes' }
    const body = { imei: makeImei() }
    const answers = await Promise.all(clients.map((call) => call('POST', './devices', { body, headers })))
    for (const { status } of answers) assert.ok(status === 201 || status === 409, String(status))
    const replayed = await Promise.all(clients.map((call) => call('POST', './devices', { body, headers })))
    const made = answers.filter(({ status, headers: sent }) => status === 201 && !sent['idempotent-replayed'])
    assert.equal(made.length, 1)
    for (const response of replayed) {
      assert.deepEqual([response.status, response.headers['idempotent-replayed']], [201, 'true'])
      assert.deepEqual(response.body, made[0]?.body)
    }
  })

  it('reject a key revoked on any of them within a second', async () => {
    const surroundings = { cwd: await makeDirectory(), env: { ...store } }
    const made = await runForJson(['keys', 'create', '--project', 'demo', '--name', 'short'], surroundings)
    const clients = callAll(made.token)
    for (const call of clients) assert.equal((await call('GET', './devices')).status, 200)
    await runForJson(['keys', 'revoke', made.id, '--project', 'demo'], surroundings)
    const revokedAt = performance.now()
    for (const call of clients) {
      let sentAt = performance.now()
      for (
        let { status } = await call('GET', './devices');
        status !== 401;
        { status } = await call('GET', './devices')
      ) {
        assert.equal(status, 200)
        assert.ok(sentAt - revokedAt < REVOKED_WITHIN, 'a revoked key is still accepted')
        sentAt = performance.now()
      }
      assert.equal((await call('GET', './devices')).status, 401)
    }
  })

  it('keep serving when one of them is killed', async () => {
    await second.killIn(0)
    const call = first.clientWith(key as string)
    assert.equal((await call('POST', './devices', { body: { imei: makeImei() } })).status, 201)
  })
})
