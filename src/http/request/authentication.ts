import type { Authenticator } from '../../caller.ts'
import type { Context } from '../../context.ts'
import { ApiError } from '../../errors.ts'
import type { Exchange, Step } from '../exchange.ts'
import { type ClientAddress, networkOf } from '../limits/client-address.ts'
import { tooManyRequests } from '../limits/rate-limit.ts'
import type { Window, WindowTerms } from '../limits/window.ts'
import type { ConsoleCookies } from './console-cookies.ts'

const FAILURE_WINDOW = 60

interface Parts {
  context: Context
  authenticator: Authenticator
  cookies: ConsoleCookies
  /** Failed authentications that one address may make in a minute; 0 means any number. */
  failureLimit: number
  openWindow: (terms: WindowTerms) => Window
  clientAddress: ClientAddress
}

/**
 * Identifies the caller: 401 without a valid token. An address that fails too often gets 429 for its failures only, so
 * that one faulty client does not shut out its neighbours behind the same address.
 */
export function authenticate({ context, authenticator, cookies, ...parts }: Parts): Step {
  const { failureLimit, openWindow, clientAddress } = parts
  const failures = openWindow({ name: 'failures', limit: failureLimit, seconds: FAILURE_WINDOW })

  async function identify(exchange: Exchange, authorization: string | undefined, version: number): Promise<void> {
    try {
      exchange.caller = await authenticator.authenticate(authorization, version)
    } catch (error) {
      throw await rejectionOf(error, exchange)
    }
  }

  async function rejectionOf(error: unknown, { request }: Exchange): Promise<unknown> {
    if (failureLimit === 0 || !(error instanceof ApiError && error.type === 'unauthenticated')) return error
    const { left, reset } = await failures.count(networkOf(clientAddress(request.raw)))
    return left < 0 ? tooManyRequests('Too many requests without a valid token', reset) : error
  }

  return (exchange) => {
    const { raw, headers } = exchange.request
    const credentials = cookies.credentialsOf(headers, exchange.params.project)
    exchange.context = context
    exchange.version = context.db.version(raw.socket)
    const version = context.db.callersVersion?.() ?? exchange.version
    const caller = authenticator.recall(credentials, version)
    if (caller === undefined) return identify(exchange, credentials, version)
    exchange.caller = caller
  }
}

/** Identifies the caller again while a request streams: 401 if its token has expired or was revoked since. */
export function recheck({
  context,
  authenticator,
  cookies,
}: Pick<Parts, 'context' | 'authenticator' | 'cookies'>): Step {
  return ({ request: { raw, headers }, params }) => {
    const version = context.db.callersVersion?.() ?? context.db.version(raw.socket)
    const credentials = cookies.credentialsOf(headers, params.project)
    if (authenticator.recall(credentials, version) !== undefined) return
    return authenticator.authenticate(credentials, version).then(() => {})
  }
}
