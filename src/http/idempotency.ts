import { hash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Registry } from '../context.ts'
import type { Queries } from '../db/port.ts'
import { ApiError, invalid } from '../errors.ts'
import { findKeptAnswer, keepAnswer, keyHash } from '../resources/idempotency/kept-answers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Keeps the answer, while that is still to be done. */
    keep: ((tx: Queries, answer: string) => Promise<void>) | null
  }
}

const MAX_KEY_LENGTH = 255

/** The other methods are idempotent by themselves (RFC 9110 §9.2.2), or merge. */
const METHODS = new Set(['POST', 'DELETE'])

/**
 * Idempotency (contract section 6): the first answer below 400 to an `Idempotency-Key` is kept for 24 hours, in the
 * transaction of the change itself, and replayed to the same request.
 *
 * Call it after validation is set up: a key is looked at when the request itself is found good.
 */
export function keepAnswers(app: FastifyInstance, registry: Registry): void {
  const inFlight = new Set<string>()
  app.decorateRequest('keep', null)

  /** Gives true when the request is answered, as it was the first time. */
  async function answerOnce(request: FastifyRequest, reply: FastifyReply, key: string): Promise<boolean> {
    if (key.length === 0 || key.length > MAX_KEY_LENGTH) throw refused(`must have 1 to ${MAX_KEY_LENGTH} characters`)
    const { caller } = request
    const place = `${caller.project.id} ${keyHash(caller, key)}`
    if (inFlight.has(place)) throw stillInFlight()
    inFlight.add(place)
    reply.raw.once('close', () => inFlight.delete(place))

    const fingerprint = fingerprintOf(request)
    const kept = await findKeptAnswer(registry, caller, key)
    if (kept !== undefined) {
      if (kept.fingerprint !== fingerprint) throw refused('was used for another request')
      reply.code(kept.status).header('idempotent-replayed', 'true').send(kept.answer)
      return true
    }
    request.keep = async (tx, answer) => {
      const isFirst = await keepAnswer(tx, registry.clock, caller, key, {
        fingerprint,
        status: reply.statusCode,
        answer,
      })
      // Another node has answered this key meanwhile: nothing of this request may stand.
      if (!isFirst) throw stillInFlight()
      request.keep = null
    }
    const isAnswered = async () => (await findKeptAnswer(registry, caller, key)) !== undefined
    request.registry = keepingRegistry(registry, request.keep, isAnswered)
    return false
  }

  app.addHook('preHandler', (request, reply, next) => {
    const key = idempotencyKey(request)
    // What streams can be sent again as it is.
    if (key === undefined || request.routeOptions.schema?.stream !== undefined) return next()
    answerOnce(request, reply, key).then((done) => {
      if (!done) next()
    }, next)
  })

  // An operation that changes nothing has no transaction of its own to keep its answer in.
  app.addHook('onSend', ({ keep }, { statusCode }, payload, next) => {
    if (keep === null || statusCode >= 400) return next()
    registry.db.transaction((tx) => keep(tx, String(payload))).then(() => next(), next)
  })
}

/** Whether an answer is kept for this request's key: then its object may be gone, by this very request the first time. */
export async function hasKeptAnswer(request: FastifyRequest): Promise<boolean> {
  const key = idempotencyKey(request)
  return key !== undefined && (await findKeptAnswer(request.registry, request.caller, key)) !== undefined
}

/**
 * The registry whose transactions end by keeping what they give: a verb has one, and gives its answer from it.
 *
 * Another node may do the same request at the same time. Then what refuses it here can be its own change.
 */
function keepingRegistry(
  registry: Registry,
  keep: NonNullable<FastifyRequest['keep']>,
  isAnswered: () => Promise<boolean>,
): Registry {
  const { db } = registry
  return {
    ...registry,
    db: {
      ...db,
      async transaction(work) {
        try {
          return await db.transaction(async (tx) => {
            const answer = await work(tx)
            await keep(tx, String(answer))
            return answer
          })
        } catch (error) {
          const isRefused = error instanceof ApiError && error.type !== 'serviceUnavailable'
          throw isRefused && (await isAnswered()) ? stillInFlight() : error
        }
      },
    },
  }
}

function idempotencyKey({ method, headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key']
  return METHODS.has(method) && typeof key === 'string' ? key : undefined
}

function fingerprintOf({ method, url, body }: FastifyRequest): string {
  return hash('sha256', `${method}\0${url}\0${JSON.stringify(body) ?? ''}`)
}

function refused(rule: string): ApiError {
  const property = 'Idempotency-Key'
  const hint = 'Make a UUID for each change, and send the same one when you try that change again.'
  return invalid([{ code: 'propertyInvalid', property, message: `\`${property}\` ${rule}`, hint }])
}

function stillInFlight(): ApiError {
  return new ApiError('conflict', 'A request with this idempotency key is in flight', {
    hint: 'Send the same request again in a moment.',
    headers: { 'retry-after': '1' },
  })
}
