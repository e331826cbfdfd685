import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../caller.ts'
import type { Context, Precondition } from '../context.ts'
import type { Standing } from './limits/window.ts'
import type { PendingResponse } from './request/idempotency.ts'
import type { Streamed, Streaming } from './request/streaming.ts'

/** One request on its way through the pipeline: what its steps have found out, and the response once there is one. */
export interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** The store, ids and time for the verb. With an idempotency key, its change also stores the response. */
  context: Context
  /** Set by authentication. Undefined before, and on public routes. */
  caller: Caller
  /** The version of the store when the request came (see `Database.version`). */
  version: number
  /** The caller's standing in the rate limit; null without one. */
  standing: Standing | null
  /** Whether the request counts as in progress. */
  isInProgress: boolean
  params: Record<string, string>
  /** The object that the path names, as JSON, where the route finds it. */
  found: string
  /** The query, parsed and validated. */
  query: unknown
  body: unknown
  precondition: Precondition
  /** For operations that stream; null for others. */
  streaming: Streaming | null
  /** The response that is still to be stored for the idempotency key; null without a key. */
  pending: PendingResponse | null
  response: Response | null
  /** Set by a step that answers before the operation does its work: the steps after it are skipped. */
  isAnswered: boolean
}

/** A complete response: JSON text, and the entity tag of a single resource. */
export interface JsonResponse {
  status: number
  payload: string
  tag: string | null
  /** Whether the idempotency store gave it. */
  isReplay: boolean
}

export type Response = JsonResponse | Streamed

/** One step of the pipeline. It throws `ApiError` to reject the request. */
export type Step = (exchange: Exchange) => void | Promise<void>

/** Steps in their order as one: it stops at the step that answers. It is synchronous while its steps are. */
export function compose(steps: readonly Step[]): Step {
  function runFrom(first: number, exchange: Exchange): void | Promise<void> {
    for (let position = first; position < steps.length; position++) {
      const waiting = (steps[position] as Step)(exchange)
      if (waiting instanceof Promise) {
        return waiting.then(() => (exchange.isAnswered ? undefined : runFrom(position + 1, exchange)))
      }
      if (exchange.isAnswered) return
    }
  }
  return (exchange) => runFrom(0, exchange)
}

declare module 'fastify' {
  interface FastifyRequest {
    exchange: Exchange
  }
}
