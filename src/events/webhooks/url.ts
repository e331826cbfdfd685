import { isIP } from 'node:net'
import type { Problem } from '../../errors.ts'
import type { AddressGuard } from './addresses.ts'

/** The longest URL of an endpoint, in characters. */
export const MAX_URL_LENGTH = 2_048

/**
 * Checks the URL of an endpoint when it is configured (docs/contract.md §14). A host name is checked at each connection,
 * when it is resolved, because its addresses can change.
 */
export function urlProblem(text: string, isAllowed: AddressGuard): Problem | null {
  const url = URL.parse(text)
  if (url === null || !/^https?:\/\//i.test(text)) {
    return urlInvalid('must be an absolute URL that starts with https:// or http://')
  }
  if (url.username !== '' || url.password !== '') {
    return urlInvalid('must not contain a user name or a password', 'Verify the signature of each request instead.')
  }
  if (url.hash !== '') return urlInvalid('must not contain a fragment, which is never sent')
  const address = literalAddress(url)
  if (address === null || isAllowed(address)) return null
  return {
    code: 'webhookUrlForbidden',
    property: 'url',
    message: '`url` is an address that is not reachable from the public internet',
    hint: 'The operator of the server can allow a private network with HANDSET_WEBHOOK_NETWORKS.',
  }
}

/** The IP address in a URL, or null if it has a host name. The URL parser has already normalised `0x7f.1` and the like. */
export function literalAddress({ hostname }: URL): string | null {
  const address = hostname.replace(/^\[(.*)\]$/, '$1')
  return isIP(address) === 0 ? null : address
}

function urlInvalid(rule: string, hint?: string): Problem {
  return { code: 'webhookUrlInvalid', property: 'url', message: `\`url\` ${rule}`, ...(hint ? { hint } : {}) }
}
