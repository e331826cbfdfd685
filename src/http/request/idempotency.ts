import { hash } from 'node:crypto'
import type { Context } from '../../context.ts'
import type { Operation } from '../../contract/operation.ts'
import { successOf } from '../../contract/operation.ts'
import { ApiError, invalid } from '../../errors.ts'
import type { Exchange, JsonResponse, PendingResponse, Step } from '../exchange.ts'
import { findResponse, keyHash, storeResponse } from './idempotency-store.ts'

const MAX_KEY_LENGTH = 255

/**
 * Idempotency (docs/contract.md §6): replays the stored response of an `Idempotency-Key`, or prepares to store the
 * response of this request. It comes after validation, so a key is looked up only for a valid request.
 */
export function replay(operation: Operation): Step {
  return (exchange) => {
    const key = keyOf(exchange)
    return key === undefined ? undefined : replayOrPrepare(exchange, key, operation)
  }
}

/** Stores the response of an operation that made no change, and so had no transaction to store it in. */
export function storeUnstored({ context, pending, response }: Exchange): void | Promise<void> {
  if (pending === null || pending.isStored) return
  const { payload } = response as JsonResponse
  return context.db.transaction((tx) => pending.store(tx, payload))
}

/** Whether the idempotency store has a response for this request's key. If so, its object may already be deleted. */
export async function hasStoredResponse(exchange: Exchange): Promise<boolean> {
  const key = keyOf(exchange)
  return key !== undefined && (await findResponse(exchange.context, exchange.caller, key)) !== undefined
}

/** The keys of requests in progress on this node, with their owners. */
const inProgress = new Set<string>()

async function replayOrPrepare(exchange: Exchange, key: string, operation: Operation): Promise<void> {
  if (key.length === 0 || key.length > MAX_KEY_LENGTH) throw invalidKey(`must have 1 to ${MAX_KEY_LENGTH} characters`)
  const { caller, context, reply } = exchange
  const place = `${caller.project.id} ${keyHash(caller, key)}`
  if (inProgress.has(place)) throw stillInProgress()
  inProgress.add(place)
  reply.once('close', () => inProgress.delete(place))

  const status = successOf(operation)
  const fingerprint = fingerprintOf(exchange, operation)
  const stored = await findResponse(context, caller, key)
  if (stored !== undefined) {
    if (stored.fingerprint !== fingerprint) {
      throw invalidKey(`was used for a different request${operation.returnsSecret ? ', or by another API key' : ''}`)
    }
    exchange.response = { status: stored.status, payload: stored.response, tag: null, isReplay: true }
    exchange.isAnswered = true
    return
  }
  const pending: PendingResponse = {
    isStored: false,
    async store(tx, response) {
      const isFirst = await storeResponse(tx, context.clock, caller, key, { fingerprint, status, response })
      // Another node has responded to this key in the meantime, so this request must change nothing.
      if (!isFirst) throw stillInProgress()
      pending.isStored = true
    },
  }
  exchange.pending = pending
  const isAnswered = async () => (await findResponse(context, caller, key)) !== undefined
  exchange.context = storingContext(context, pending, isAnswered)
}

/**
 * The context whose change also stores its response.
 *
 * Another node may process the same request at the same time. An error here can then be caused by that node's change.
 */
function storingContext(context: Context, pending: PendingResponse, isAnswered: () => Promise<boolean>): Context {
  return {
    ...context,
    async change(caller, work) {
      try {
        return await context.change(caller, async (tx) => {
          const changed = await work(tx)
          await pending.store(tx, changed.response)
          return changed
        })
      } catch (error) {
        pending.isStored = false
        const isRejection = error instanceof ApiError && error.type !== 'serviceUnavailable'
        throw isRejection && (await isAnswered()) ? stillInProgress() : error
      }
    },
  }
}

function keyOf({ request }: Exchange): string | undefined {
  const key = request.headers['idempotency-key']
  return typeof key === 'string' ? key : undefined
}

/**
 * A digest of method, path, query and body, independent of their spelling. If the response holds a secret, the API key
 * is part of the request.
 */
function fingerprintOf({ request, caller, body }: Exchange, { returnsSecret }: Operation): string {
  const [path = '', query = ''] = request.url.split('?', 2)
  const parts = [request.method, decoded(path), decoded(query), canonicalJson(body)]
  if (returnsSecret) parts.push(caller.tokenId)
  return hash('sha256', parts.join('\0'))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** JSON text that is the same for equal values, whatever the order of their keys. */
function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? ''
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, entry]) => `${JSON.stringify(name)}:${canonicalJson(entry)}`).join(',')}}`
}

function invalidKey(rule: string): ApiError {
  const property = 'Idempotency-Key'
  const hint = 'Generate a UUID for each change, and reuse it only to retry that change.'
  return invalid([{ code: 'propertyInvalid', property, message: `\`${property}\` ${rule}`, hint }])
}

function stillInProgress(): ApiError {
  return new ApiError('conflict', 'A request with this idempotency key is in progress', {
    hint: 'Retry the same request in a moment.',
    headers: { 'retry-after': '1' },
  })
}
