import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAddressGuard } from '../../src/events/webhooks/addresses.ts'

const isAllowed = createAddressGuard({ networks: [], allowsLoopback: false })

/** The first and the last address of every block that is not global, and of every way to write an IPv4 address in IPv6. */
const FORBIDDEN = `
  0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.255
  168.63.129.16 169.254.0.0 169.254.169.254 169.254.170.2 172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.192 192.0.2.1
  192.88.99.1 192.168.0.0 192.168.255.255 198.18.0.0 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255
  240.0.0.1 255.255.255.255
  :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::127.0.0.1
  64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 64:ff9b:1::8.8.8.8 100::1 100:0:0:1::1 1000::1 2001::1
  2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 3fff::1 5f00::1
  4000::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ffff::1`
  .trim()
  .split(/\s+/)

const ALLOWED =
  `1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 168.63.129.15
  169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0
  223.255.255.255 2606:4700:4700::1111 2001:4860:4860::8888 2a00::1 64:ff9b::8.8.8.8`.split(/\s+/)

describe('the addresses that webhooks may be sent to', () => {
  it('exclude all that are not globally reachable', () => {
    assert.deepEqual(FORBIDDEN.filter(isAllowed), [])
  })

  it('include all that are globally reachable, also through NAT64', () => {
    assert.deepEqual(
      ALLOWED.filter((address) => !isAllowed(address)),
      [],
    )
  })

  it('include the networks that the operator names, and no others', () => {
    const guard = createAddressGuard({ networks: ['10.1.0.0/16', '192.168.5.5', 'fd12::/16'], allowsLoopback: false })
    assert.deepEqual(
      ['10.1.2.3', '10.2.0.1', '192.168.5.5', '192.168.5.6', 'fd12::1', 'fd13::1', '127.0.0.1'].filter(guard),
      ['10.1.2.3', '192.168.5.5', 'fd12::1'],
    )
  })

  it('include loopback where that is allowed', () => {
    const guard = createAddressGuard({ networks: [], allowsLoopback: true })
    assert.deepEqual(['127.0.0.1', '::1', '10.0.0.1', '::ffff:10.0.0.1'].filter(guard), ['127.0.0.1', '::1'])
  })

  it('exclude texts that are not addresses', () => {
    assert.deepEqual(['', 'localhost', '1.2.3', '::g', '1.1.1.1 ', '01.1.1.1'].filter(isAllowed), [])
  })
})
