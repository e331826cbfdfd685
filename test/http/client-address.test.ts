import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startServer } from '../support/server.ts'

const LIMIT = 2

const server = await startServer({ settings: { authFailureLimit: LIMIT, trustedProxies: ['loopback', '10.0.0.0/8'] } })

/** Sends a request without a token for each of these `X-Forwarded-For` headers, and returns the statuses. */
async function statusesFor(...forwarded: string[]): Promise<number[]> {
  const statuses: number[] = []
  for (const value of forwarded) {
    const headers = { 'x-forwarded-for': value }
    statuses.push((await server.callOpenly('GET', '/projects', { headers })).status)
  }
  return statuses
}

describe('failed authentications', () => {
  for (const [what, forwarded] of [
    ['an address with a port', ['203.0.113.9:50001', '203.0.113.9:50002', '203.0.113.9']],
    [
      'the address before trusted proxies',
      ['198.51.100.1', 'evil, 198.51.100.1, 10.0.0.2', '198.51.100.1, 10.0.0.2:443'],
    ],
    ['an IPv4 address in IPv6', ['::ffff:192.0.2.7', '192.0.2.7', '[::ffff:192.0.2.7]:4711']],
    ['an IPv6 /64', ['2001:db8:1:2::1', '2001:db8:1:2:ffff::2', '2001:0DB8:0001:0002::3']],
    ['an IPv6 address with a port', ['[2001:db8:1:3::1]:50001', '[2001:db8:1:3::1]:50002', '2001:db8:1:3::1']],
    ['an IPv6 address with a zone', ['fe81::1%eth0', 'fe81::1%eth1', '[fe81::1%25eth0]:80']],
    ['a quoted IPv6 address', ['"[2001:db8:1:4::1]:80"', '2001:db8:1:4::1', '2001:db8:1:4::9']],
  ] as const) {
    it(`are counted for ${what}`, async () => {
      assert.deepEqual(await statusesFor(...forwarded), [401, 401, 429])
    })
  }

  it('are counted separately for other addresses and other networks', async () => {
    const others = ['203.0.113.10', '203.0.113.11', '2001:db8:1:5::1', '2001:db8:1:6::1', '2001:db8:2::1']
    assert.deepEqual(
      await statusesFor(...others),
      others.map(() => 401),
    )
  })

  it('are counted for the connection if a proxy forwards junk', async () => {
    const junk = ['unknown', '_hidden', '1.2.3', '203.0.113.9:port', '', '999.1.1.1, 10.0.0.2']
    assert.deepEqual(await statusesFor(...junk), [401, 401, 429, 429, 429, 429])
  })
})
