import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const ACCEPTABLE = /^[A-Za-z0-9._-]{1,64}$/
const POSSIBLE_IMEI = /[0-9]{14}/

/** The client's own request id if it can be echoed and logged safely (docs/contract.md §1), else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && ACCEPTABLE.test(given) && !POSSIBLE_IMEI.test(given) ? given : randomUUID()
}
