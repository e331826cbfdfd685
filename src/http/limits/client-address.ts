import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, type Socket } from 'node:net'

/** The names of private networks in settings: RFC 1122 §3.2.1.3, RFC 3927, RFC 1918, RFC 4193. */
const NAMED_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/** Finds the address that a request comes from. */
export type ClientAddress = (request: IncomingMessage) => string

/**
 * Creates a function that finds the address of a client: that of the connection or, if that is a trusted proxy, the
 * last one in `X-Forwarded-For` that is not. If a trusted proxy forwards something that is not an address, the result
 * is the address of the connection.
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  const isTrusted = createTrust(trustedProxies)
  return ({ socket, headers }) => {
    const connected = parseAddress(socket.remoteAddress ?? '') ?? ''
    if (trustedProxies.length === 0) return connected
    let address = connected
    const forwarded = String(headers['x-forwarded-for'] ?? '').split(',')
    while (isTrusted(address) && forwarded.length > 0) {
      const next = (forwarded.pop() as string).trim()
      // A proxy may send an empty header, or append to one.
      if (next === '') continue
      const parsed = parseAddress(next)
      if (parsed === undefined) return connected
      address = parsed
    }
    return address
  }
}

/** Creates a function that returns whether an address is that of a trusted proxy. */
function createTrust(trustedProxies: readonly string[]): (address: string) => boolean {
  const trusted = new BlockList()
  for (const network of trustedProxies.flatMap((name) => NAMED_NETWORKS[name] ?? [name])) {
    const [address = '', length] = network.split('/')
    const family = familyOf(address)
    trusted.addSubnet(address, Number(length ?? (family === 'ipv4' ? 32 : 128)), family)
  }
  return (address) => address !== '' && trusted.check(address, familyOf(address))
}

/**
 * The client's network, or null if the connection comes from a trusted proxy, which serves many clients, or is already
 * closed.
 */
export function createConnectingNetwork(trustedProxies: readonly string[]): (socket: Socket) => string | null {
  const isTrusted = createTrust(trustedProxies)
  return ({ remoteAddress }) => {
    const address = parseAddress(remoteAddress ?? '')
    return address === undefined || isTrusted(address) ? null : networkOf(address)
  }
}

/** Like `createClientAddress`, but its function returns the key under which the client is counted. */
export function createClientNetwork(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  const addressOf = createClientAddress(trustedProxies)
  if (trustedProxies.length > 0) return (request) => networkOf(addressOf(request))
  const known = new WeakMap<Socket, string>()
  return (request) => {
    const { socket } = request
    let network = known.get(socket)
    if (network === undefined) {
      network = networkOf(addressOf(request))
      known.set(socket, network)
    }
    return network
  }
}

/**
 * The key under which a client is counted. A customer of an IPv6 network has at least a /64 (RFC 6177 §2), so one client
 * can use any address in it.
 */
export function networkOf(address: string): string {
  return isIP(address) === 6 ? `${groupsOf(address).slice(0, 4).join(':')}::/64` : address
}

/** An address without its port, brackets and zone, as proxies write it. IPv4 addresses in IPv6 become IPv4. */
function parseAddress(text: string): string | undefined {
  const [, bracketed, withPort] = /^"?(?:\[([^\]]*)\](?::\d+)?|([0-9.]+):\d+)"?$/.exec(text) ?? []
  const address = (bracketed ?? withPort ?? text).replace(/%.*$/s, '')
  if (isIP(address) === 0) return undefined
  return /^::ffff:([0-9.]+)$/i.exec(address)?.[1] ?? address
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}

/** The eight groups of an IPv6 address, without leading zeros (RFC 5952). */
function groupsOf(address: string): string[] {
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const split = (groups: string) => (groups === '' ? [] : groups.split(':'))
  if (tail === undefined) return split(head)
  const missing = 8 - split(head).length - split(tail).length
  return [...split(head), ...Array.from({ length: missing }, () => '0'), ...split(tail)]
}
