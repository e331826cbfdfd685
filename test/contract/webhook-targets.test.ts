import assert from 'node:assert/strict'
import { subscribe } from 'node:diagnostics_channel'
import type { LookupAddress } from 'node:dns'
import type { LookupFunction, Socket } from 'node:net'
import { after, describe, it } from 'node:test'
import { startReceiver } from '../support/receiver.ts'
import { startServer } from '../support/server.ts'

/** Every attempt of this process to connect, apart from those of the tests to the server: as `address:port`. */
const connections: string[] = []
const watch = (message: unknown) => {
  const { socket } = message as { socket: Socket }
  socket.on('connectionAttempt', (address: string, port: number) => connections.push(`${address}:${port}`))
}
subscribe('net.client.socket', watch)

/** The answers of DNS: for each name, the addresses of each look-up in turn. The last one stays. */
const answers = new Map<string, string[][]>()

const resolve: LookupFunction = (hostname, _options, callback) => {
  const turns = answers.get(hostname) ?? []
  const addresses = (turns.length > 1 ? turns.shift() : turns[0]) ?? []
  const found: LookupAddress[] = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  if (found.length > 0) callback(null, found)
  else callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' }), [])
}

const server = await startServer({ resolve })
// Started before the first test, because the stores of a file are removed once its tests so far have ended.
const allowing = await startServer({
  resolve,
  settings: { webhooks: { networks: ['127.0.0.0/8'], allowsLoopback: false, secretKeys: [] } },
})
const { call: callAllowing } = await allowing.addProject('allowed', 'test')
const { call } = await server.addProject('targets', 'test')
const receiver = await startReceiver()
const { port } = new URL(receiver.url)

/** The connections since the last call to the port that all targets have. Other ports are those of server and store. */
function targetConnections(): string[] {
  return connections.splice(0).filter((address) => address.endsWith(`:${port}`))
}

/** Literal addresses, in every spelling that a URL accepts. They are rejected when the endpoint is configured. */
const LITERALS = `
  127.0.0.1 127.0.0.53 127.1 127.0.1 0x7f.0.0.1 0x7f000001 2130706433 017700000001 0177.0.0.1 0 0.0.0.0 127.0.0.1.
  10.0.0.1 10.255.255.255 0xa.0.0.1 172.16.0.1 172.31.255.254 192.168.0.1 192.168.1.254 100.64.0.1 100.100.100.200
  169.254.169.254 169.254.170.2 0xa9fea9fe 2852039166 0251.0376.0251.0376 168.63.129.16 192.0.0.192 192.0.2.1 198.18.0.1
  198.51.100.7 203.0.113.9 224.0.0.1 240.0.0.1 255.255.255.255
  [::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:169.254.169.254] [::127.0.0.1] [64:ff9b::127.0.0.1]
  [64:ff9b::a9fe:a9fe] [64:ff9b::10.0.0.1] [64:ff9b:1::1] [fe80::1] [fc00::1] [fd00:ec2::254] [fec0::1] [ff02::1]
  [2001:db8::1] [2002:7f00:1::] [2001::1] [100::1] ①②⑦.0.0.1 127。0。0。1`
  .trim()
  .split(/\s+/)

/** Names with the answers of DNS. They are checked at each connection. */
const NAMES: Record<string, string[][]> = {
  localhost: [['127.0.0.1']],
  'metadata.google.internal': [['169.254.169.254']],
  'intranet.example.com': [['10.1.2.3', '192.168.7.7']],
  'loopback6.example.com': [['::1']],
  'mapped.example.com': [['::ffff:127.0.0.1']],
  'nat64.example.com': [['64:ff9b::7f00:1']],
  'sixtofour.example.com': [['2002:7f00:1::1']],
  'link-local.example.com': [['fe80::1']],
  'unspecified.example.com': [['0.0.0.0']],
  'nothing.example.com': [[]],
}

describe('the targets of webhooks', () => {
  after(() => answers.clear())

  it('cannot be private literal addresses, in any spelling', async () => {
    targetConnections()
    for (const host of LITERALS) {
      const { status, body } = await call('POST', './webhookEndpoints', { body: { url: `http://${host}:${port}/` } })
      assert.equal(status, 422, host)
      assert.equal(body.code, 'webhookUrlForbidden', host)
    }
    assert.ok(LITERALS.length >= 50)
    assert.deepEqual(targetConnections(), [])
  })

  it('cannot be names that resolve to private addresses', async () => {
    for (const [host, turns] of Object.entries(NAMES)) {
      answers.set(host, turns)
      const { status, body } = await call('POST', './webhookEndpoints', { body: { url: `http://${host}:${port}/` } })
      assert.equal(status, 201, host)
      const tested = await call('POST', `./webhookEndpoints/${body.id}/test`, { body: {} })
      assert.equal(tested.body.statusCode, null, host)
      assert.match(
        tested.body.error,
        host.startsWith('nothing') ? /ENOTFOUND/ : /not an address that webhooks may be sent to/,
      )
      await call('DELETE', `./webhookEndpoints/${body.id}`)
    }
    assert.deepEqual(targetConnections(), [])
  })

  it('cannot be private addresses that a name got after it was configured', async () => {
    const url = `http://rebinding.example.com:${port}/`
    const { body } = await call('POST', './webhookEndpoints', { body: { url, eventTypes: ['com.gigs.user.*'] } })
    answers.set('rebinding.example.com', [['127.0.0.1'], ['10.0.0.1'], ['::ffff:127.0.0.1']])
    for (let count = 0; count < 3; count++) {
      const tested = await call('POST', `./webhookEndpoints/${body.id}/test`, { body: {} })
      assert.match(tested.body.error, /not an address that webhooks may be sent to/)
    }
    await call('POST', './users', { body: { email: 'rebinding@example.com' } })
    await server.deliver()
    const { items } = (await call('GET', `./webhookEndpoints/${body.id}/deliveries`)).body
    assert.match(items[0].attempts[0].error, /not an address that webhooks may be sent to/)
    await call('DELETE', `./webhookEndpoints/${body.id}`)
    assert.deepEqual(targetConnections(), [])
    assert.equal(receiver.connections(), 0)
  })

  it('cannot be a name of which any address is private', async () => {
    answers.set('mixed.example.com', [['10.0.0.1', '127.0.0.1']])
    const { body } = await call('POST', './webhookEndpoints', { body: { url: `http://mixed.example.com:${port}/` } })
    const tested = await call('POST', `./webhookEndpoints/${body.id}/test`, { body: {} })
    assert.match(tested.body.error, /not an address that webhooks may be sent to/)
    assert.deepEqual(targetConnections(), [])
  })
})

describe('networks that the operator names', () => {
  it('are targets of webhooks, as literals and through names', async () => {
    answers.set('named.example.com', [['127.0.0.1']])
    for (const host of ['127.0.0.1', 'named.example.com']) {
      const { body } = await callAllowing('POST', './webhookEndpoints', { body: { url: `http://${host}:${port}/` } })
      const tested = await callAllowing('POST', `./webhookEndpoints/${body.id}/test`, { body: {} })
      assert.equal(tested.body.statusCode, 200, tested.body.error)
    }
  })

  it('do not allow any other network', async () => {
    const { status } = await callAllowing('POST', './webhookEndpoints', { body: { url: 'http://10.0.0.1/' } })
    assert.equal(status, 422)
  })
})
