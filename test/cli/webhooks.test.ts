import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertOneLine, runForJson, runHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { startReceiver } from '../support/receiver.ts'
import { makeStore } from '../support/store.ts'

const env = { ...(await makeStore()), HANDSET_WEBHOOK_NETWORKS: '127.0.0.0/8' }
const here = { cwd: await makeDirectory(), env }
const receiver = await startReceiver()
const PROJECT = ['--project', 'acme']

async function fails(words: string[], pattern: RegExp): Promise<void> {
  const ended = await runHandset(['webhooks', ...words], here)
  assert.equal(ended.code, 1)
  assertOneLine(ended, pattern)
}

const run = (...words: string[]) => runForJson(['webhooks', ...words, ...PROJECT], here)

describe('handset webhooks', () => {
  it('manages endpoints, and tests and replays them', async () => {
    await runForJson(['projects', 'create', 'acme', '--type', 'test'], here)
    const types = ['--event-types', 'com.gigs.device.*,com.gigs.sim.created']
    const { secret, ...endpoint } = await run('create', '--url', receiver.url, '--description', 'Billing', ...types)
    assert.match(secret, /^whsec_/)
    assert.deepEqual(endpoint.eventTypes, ['com.gigs.device.*', 'com.gigs.sim.created'])
    assert.deepEqual(await run('list'), [endpoint])
    assert.equal((await run('test', endpoint.id)).statusCode, 200)
    assert.equal(receiver.received[0]?.event.type, 'com.gigs.device.created')
    const rotated = await run('rotate', endpoint.id, '--grace-period', '60')
    assert.notEqual(rotated.secret, secret)
    assert.deepEqual(await run('deliveries', endpoint.id), [])
    const replay = await run('replay', endpoint.id, '--since', '2026-01-01T00:00:00Z', '--only', 'missing')
    assert.deepEqual(replay, { object: 'webhookReplay', deliveries: 0 })
    assert.equal((await run('disable', endpoint.id)).disabledReason, 'manual')
    assert.equal((await run('enable', endpoint.id)).status, 'enabled')
    const { stdout } = await runHandset(['webhooks', 'list', ...PROJECT], here)
    assert.match(stdout, new RegExp(`^${endpoint.id} +enabled +${receiver.url}$`, 'm'))
    assert.ok(!stdout.includes(secret))

    const { advice } = await runForJson(['doctor'], here)
    assert.ok(advice.some((line: string) => line.startsWith('Secrets of webhooks that are not sealed: 2.')))
    assert.equal((await run('delete', endpoint.id)).id, endpoint.id)
    await fails(['test', endpoint.id, ...PROJECT], /The webhook endpoint does not exist/)
    await fails(['create', '--url', 'http://10.0.0.1/', ...PROJECT], /not reachable from the public internet/)
    await fails(
      ['create', '--url', receiver.url, '--event-types', 'device.created', ...PROJECT],
      /is not an event type/,
    )
  })

  it('names an invalid HANDSET_SECRET_KEY without showing it', async () => {
    const value = 'c2VjcmV0'
    const ended = await runHandset(['webhooks', 'list', ...PROJECT], {
      ...here,
      env: { ...env, HANDSET_SECRET_KEY: value },
    })
    assert.equal(ended.code, 1)
    assertOneLine(ended, /HANDSET_SECRET_KEY must be 32 bytes in base64/)
    assert.ok(!ended.stderr.includes(value))
  })
})
