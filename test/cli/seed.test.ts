import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createHandset, type Device } from '../../sdk/src/handset.ts'
import { assertOneLine, runForJson, runHandset, startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'

/** Creates and seeds a test project. Returns the devices that the API lists. */
async function seed(...words: string[]): Promise<{ cwd: string; made: Record<string, unknown>; devices: Device[] }> {
  const cwd = await makeDirectory()
  await runForJson(['projects', 'create', 'shop', '--type', 'test'], { cwd })
  const made = await runForJson(['seed', '--project', 'shop', ...words], { cwd })
  const { token } = await runForJson(['keys', 'create', '--project', 'shop', '--name', 'test'], { cwd })
  const running = startHandset(['serve', '--port', '0', '--json'], { cwd, env: { LOG_LEVEL: 'error' } })
  const [text] = await running.printed(/\{[\s\S]+\}\n$/)
  const handset = createHandset({ baseUrl: JSON.parse(text).address, token, project: 'shop' })
  const devices: Device[] = []
  for await (const device of handset.devices.list()) devices.push(device)
  running.signal('SIGTERM')
  await running.ended
  return { cwd, made, devices }
}

/** A device without what differs between stores: ids and times. */
function lasting({ imei, name, user, sims, model }: Device) {
  const iccids = sims.map(({ iccid, status, type }) => ({ iccid, status, type }))
  return { imei, name, model: model?.name, owner: user?.email, birthday: user?.birthday, iccids }
}

describe('handset seed', { concurrency: true }, () => {
  it('creates the requested number of devices of known models, with users and SIMs, spread over a year', async () => {
    const { cwd, made, devices } = await seed('--devices', '120', '--seed', '7')
    assert.equal(devices.length, 120)
    assert.ok(devices.every(({ model }) => model !== null))
    const users = new Set(devices.flatMap(({ user }) => user?.id ?? []))
    const sims = devices.flatMap((device) => device.sims)
    assert.deepEqual(made, { project: 'shop', seed: 7, users: users.size, sims: sims.length, devices: 120 })
    assert.ok(users.size > 40 && sims.length > 60)
    assert.ok(devices.some(({ user }) => user === null))
    assert.ok(new Set(devices.map(({ createdAt }) => createdAt.slice(0, 7))).size >= 12)
    const newest = Math.max(...devices.map(({ createdAt }) => Date.parse(createdAt)))
    assert.ok(newest <= Date.now() && newest > Date.now() - 31 * 86_400_000, 'the year ends now')
    assert.deepEqual((await runForJson(['doctor'], { cwd })).findings, [])

    const again = await runHandset(['seed', '--project', 'shop', '--devices', '5', '--seed', '7'], { cwd })
    assert.equal(again.code, 1)
    assertOneLine(again, /already holds the data of seed 7: choose another with --seed/)
    await runForJson(['seed', '--project', 'shop', '--devices', '5'], { cwd })
  })

  it('creates the same data from the same seed', async () => {
    const [one, other] = await Promise.all([
      seed('--devices', '30', '--seed', '3'),
      seed('--devices', '30', '--seed', '3'),
    ])
    const sorted = (devices: Device[]) =>
      devices.map(lasting).sort((a, b) => ((a.imei ?? '') < (b.imei ?? '') ? -1 : 1))
    assert.deepEqual(sorted(one.devices), sorted(other.devices))
  })

  it('rejects a live project, an unknown project and an invalid number', async () => {
    const cwd = await makeDirectory()
    await runForJson(['projects', 'create', 'real', '--type', 'live'], { cwd })
    assertOneLine(await runHandset(['seed', '--project', 'real'], { cwd }), /real is a live project/)
    assertOneLine(await runHandset(['seed', '--project', 'none'], { cwd }), /Project none does not exist/)
    const { code, stderr } = await runHandset(['seed', '--project', 'real', '--devices', '0'], { cwd })
    assert.equal(code, 2)
    assert.match(stderr, /a whole number from 1 to 1000000/)
  })
})
