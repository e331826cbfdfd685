import { lookup as resolveName } from 'node:dns'
import type { Agent, ClientRequest, IncomingMessage, request } from 'node:http'
import type { LookupFunction } from 'node:net'
import { version } from '../../version.ts'
import type { AddressGuard } from './addresses.ts'
import { type Message, signedHeaders } from './sign.ts'
import { literalAddress } from './url.ts'

/** How long an endpoint has to respond, in milliseconds. */
const TIME_LIMIT = 20_000

/** How much of a response is stored, in bytes. */
const STORED_RESPONSE = 1_024

/** How much of a response is read, so that its connection can be used again, in bytes. */
const READ_RESPONSE = 64 * 1024

/** How long an idle connection to an endpoint stays open, in milliseconds. */
const IDLE_CONNECTION = 4_000

/** The result of one attempt. Without a response, `statusCode` is null and `error` says why. */
export interface Outcome {
  milliseconds: number
  statusCode: number | null
  error: string | null
  /** The beginning of the response. */
  response: string | null
  /** The `Retry-After` header. */
  retryAfter: string | undefined
}

/** Sends messages to endpoints. */
export interface Sender {
  /** Sends a message once, without following redirects. Never rejects. */
  send(url: string, message: Message): Promise<Outcome>
  /** Closes idle connections. */
  close(): void
}

interface Options {
  isAllowed: AddressGuard
  /** Resolves host names. The default is that of the system. */
  resolve?: LookupFunction
  timeLimit?: number
}

/** How requests are sent over one protocol. */
interface Transport {
  request: typeof request
  agent: Agent
}

/**
 * Creates a sender. It checks each address when it connects to it, so neither a literal address nor a changed DNS
 * record can reach a network that the guard blocks. Proxies of the environment are not used.
 */
export function createSender({ isAllowed, resolve = resolveName, timeLimit = TIME_LIMIT }: Options): Sender {
  const options = { keepAlive: true, timeout: IDLE_CONNECTION, lookup: guardedLookup(resolve, isAllowed) }
  const transports = new Map<string, Transport>()

  /** Loads Node's clients with the first message: with an `import`, they would take a tenth of the time to start. */
  function transportOf(protocol: string): Transport {
    const known = transports.get(protocol)
    if (known !== undefined) return known
    const { request, Agent } = process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http')
    const transport = { request, agent: new Agent(options) }
    transports.set(protocol, transport)
    return transport
  }

  function attempt(url: URL, message: Message): Promise<Omit<Outcome, 'milliseconds'>> {
    const address = literalAddress(url)
    if (address !== null && !isAllowed(address)) return Promise.resolve(failed(new ForbiddenAddress(address)))
    const { promise, resolve: settle } = Promise.withResolvers<Omit<Outcome, 'milliseconds'>>()
    const { request: open, agent } = transportOf(url.protocol)
    const request = open(url, { method: 'POST', agent, headers: headersOf(message) })
    const timer = setTimeout(() => request.destroy(new Error(`no response within ${timeLimit / 1000} s`)), timeLimit)
    request.once('close', () => clearTimeout(timer))
    request.on('error', (error) => settle(failed(error)))
    request.once('response', (response) => {
      readBeginning(request, response).then((text) => {
        const { statusCode = 0, headers } = response
        settle({ statusCode, error: null, response: text, retryAfter: headers['retry-after'] })
      })
    })
    request.end(message.body)
    return promise
  }

  return {
    async send(url, message) {
      const start = performance.now()
      const outcome = await attempt(new URL(url), message)
      return { ...outcome, milliseconds: Math.round(performance.now() - start) }
    },
    close() {
      for (const { agent } of transports.values()) agent.destroy()
    },
  }
}

class ForbiddenAddress extends Error {
  constructor(address: string) {
    super(`${address} is not an address that webhooks may be sent to`)
  }
}

/** Resolves a name to those of its addresses that are allowed, so Node connects to no others. */
function guardedLookup(resolve: LookupFunction, isAllowed: AddressGuard): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, [])
      const addresses = Array.isArray(found) ? found : [{ address: found, family: found.includes(':') ? 6 : 4 }]
      const allowed = addresses.filter(({ address }) => isAllowed(address))
      const [first] = allowed
      if (first === undefined) return callback(new ForbiddenAddress(addresses[0]?.address ?? hostname), [])
      if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}

function headersOf(message: Message): Record<string, string | number> {
  return {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(message.body),
    'user-agent': `Handset/${version}`,
    ...signedHeaders(message),
  }
}

/** Reads the beginning of a response. The status alone decides, so a body that breaks off or never ends is no failure. */
function readBeginning(request: ClientRequest, response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  response.on('data', (chunk: Buffer) => {
    if (size < STORED_RESPONSE) chunks.push(chunk.subarray(0, STORED_RESPONSE - size))
    size += chunk.length
    if (size > READ_RESPONSE) request.destroy()
  })
  response.on('error', () => {})
  return new Promise((resolve) => response.once('close', () => resolve(textOf(Buffer.concat(chunks)))))
}

/** Text that both stores can hold: without NUL characters, and without half a character at the end. */
function textOf(bytes: Buffer): string {
  return bytes
    .toString('utf8')
    .replace(/\uFFFD+$/, '')
    .replaceAll('\0', '')
}

function failed(error: Error): Omit<Outcome, 'milliseconds'> {
  return { statusCode: null, error: reasonOf(error), response: null, retryAfter: undefined }
}

/** Why there was no response, in one line. With several addresses, the reason of the first. */
function reasonOf(error: Error): string {
  const [first] = (error as AggregateError).errors ?? []
  const { message, code } = (first ?? error) as NodeJS.ErrnoException
  return message || code || 'the connection failed'
}
