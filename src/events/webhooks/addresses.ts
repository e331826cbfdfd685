import { BlockList, isIP } from 'node:net'

/** The settings that decide which addresses webhooks may be sent to. */
export interface AddressSettings {
  /** Networks that are allowed although they are not global, such as `10.0.0.0/8`. */
  readonly networks: readonly string[]
  /** Whether loopback addresses are allowed. */
  readonly allowsLoopback: boolean
}

/** Returns whether a webhook may be sent to an IP address. */
export type AddressGuard = (address: string) => boolean

const LOOPBACK = ['127.0.0.0/8', '::1/128']

/**
 * IPv4 networks that are not globally reachable (IANA IPv4 Special-Purpose Address Registry, RFC 6890), multicast, and
 * an address of a cloud that looks global.
 */
const CLOSED_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local, and the metadata service of most clouds
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24', // 6to4 relays, deprecated (RFC 7526)
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
  '168.63.129.16/32', // Azure's platform services: a public address that only its virtual machines reach
]

/** The only IPv6 addresses that are global unicast (RFC 4291 §2.4), apart from the translated IPv4 addresses of NAT64. */
const OPEN_IPV6 = '2000::/3'

/** The networks within it that are not globally reachable, or wrap an IPv4 address. */
const CLOSED_IPV6 = [
  '2001::/23', // IETF protocol assignments, Teredo included
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4
  '3fff::/20', // documentation
  '5f00::/16', // segment routing
]

/** The well-known prefix of NAT64 (RFC 6052): the last 32 bits are an IPv4 address. */
const NAT64 = '64:ff9b::'

/**
 * Creates the guard that keeps webhooks out of private networks (docs/contract.md §14). An address is allowed if it is
 * globally reachable, or in one of the networks that the operator names. An IPv4 address that is written as an
 * IPv4-mapped IPv6 address is never global.
 */
export function createAddressGuard({ networks, allowsLoopback }: AddressSettings): AddressGuard {
  const named = listOf([...networks, ...(allowsLoopback ? LOOPBACK : [])])
  return (address) => {
    const family = familyOf(address)
    if (family === null) return false
    return named.check(address, family) || isGlobal(address, family)
  }
}

type Family = 'ipv4' | 'ipv6'

const closed = listOf(CLOSED_IPV4.concat(CLOSED_IPV6))
const unicast = listOf([OPEN_IPV6])
const translated = listOf([`${NAT64}/96`])
const closedTranslated = listOf(CLOSED_IPV4.map(throughNat64))

function isGlobal(address: string, family: Family): boolean {
  if (family === 'ipv4') return !closed.check(address, family)
  if (translated.check(address, family)) return !closedTranslated.check(address, family)
  return unicast.check(address, family) && !closed.check(address, family)
}

/** The network that reaches an IPv4 network through NAT64. */
function throughNat64(network: string): string {
  const [address, length] = network.split('/')
  return `${NAT64}${address}/${96 + Number(length)}`
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', length] = network.split('/')
    const family = familyOf(address) as Family
    list.addSubnet(address, Number(length ?? (family === 'ipv4' ? 32 : 128)), family)
  }
  return list
}

/** A zone (`fe80::1%eth0`) makes an address local, so such an address has no family here. */
function familyOf(address: string): Family | null {
  if (address.includes('%')) return null
  const version = isIP(address)
  if (version === 0) return null
  return version === 4 ? 'ipv4' : 'ipv6'
}
