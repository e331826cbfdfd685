import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { Caller } from '../caller.ts'
import type { Context, Precondition } from '../context.ts'
import type { Queries } from '../db/port.ts'
import type { Awaitable } from '../domain/awaitable.ts'
import type { ApiError } from '../errors.ts'
import type { Standing } from './limits/window.ts'

/** A request as the steps see it. */
export interface Request {
  readonly raw: IncomingMessage
  /** See `request/request-id.ts`. */
  readonly id: string
  readonly method: string
  /** Path and query, without the base path. */
  readonly url: string
  /** The query as text, without the question mark. */
  readonly query: string
  readonly headers: IncomingHttpHeaders
}

/** One request in the pipeline: the results of the steps so far, and the response once there is one. */
export interface Exchange {
  readonly request: Request
  readonly reply: ServerResponse
  /** The name and the path template of what the request asks for; null for an unknown path. */
  readonly route: { name: string | undefined; path: string } | null
  /** The store, ids and time for the verb. With an idempotency key, its change also stores the response. */
  context: Context
  /** Set by authentication. Undefined before, and on public routes. */
  caller: Caller
  /** The version of the store when the request arrived (see `Database.version`). */
  version: number
  /** The caller's standing in the rate limit; null without one. */
  standing: (Standing & { policy: string }) | null
  /** The request's part in the limits of requests in progress. */
  readonly counted: Counted
  params: Record<string, string>
  /** The object that the path names, as JSON, if the route finds it. */
  found: string
  /** The query, parsed and validated. */
  query: unknown
  body: unknown
  precondition: Precondition
  /** Whether its URL was requested before, at this version of the store: then the read cache stores the response. */
  isRepeated: boolean
  /** For operations that stream; null for others. */
  streaming: Streaming | null
  /** For operations that wait: starts to wait. */
  startWaiting: () => Wait
  /** The response that is still to be stored for the idempotency key; null without a key. */
  pending: PendingResponse | null
  response: Response | null
  /** Set by a step that responds before the operation does its work: the steps after it are skipped. */
  isAnswered: boolean
}

/** How a request counts towards the limits of requests in progress. Null if it does not count. */
export interface Counted {
  /** As a request in progress. */
  isInProgress: boolean
  /** As one whose body is arriving. */
  isArriving: boolean
  address: string | null
  token: string | null
  project: string | null
}

/** A complete response: JSON text, and the entity tag of a single resource. */
export interface JsonResponse {
  status: number
  payload: string
  tag: string | null
  /** Whether it is a replay from the idempotency store. */
  isReplay: boolean
}

/** A response that is sent piece by piece. */
export interface Streamed {
  status: number
  type: string
  stream: Readable
  /** Its size in bytes; null if it is sent as it is made. */
  length: number | null
}

/** Writes a piece of a response, and resolves when more can be written. */
type Write = (piece: string | Buffer) => Promise<void>

/** The body and response of an operation that streams. */
export interface Streaming {
  /** The pieces of the body as they arrive. Throws if none arrives in time, or the server stops. */
  pieces(): AsyncGenerator<Buffer>
  /**
   * Stores what `work` writes, and responds with it once `work` ends: a client need not read before it has sent its whole
   * body, and many do not. If `work` does not read the body to its end, the rest is discarded. `work` returns the end of
   * the response, which is sent even if the rest exceeded a limit. `fail` turns an exception into the error to send.
   */
  respondResults(work: (write: Write, fail: (error: unknown) => ApiError) => Promise<string>): Promise<Streamed>
  /**
   * Creates a response from what `work` writes. `write` resolves when the client can take more. If the client takes
   * nothing in time or goes away, or the server stops, `write` throws and the response is cut off, which the client
   * notices.
   */
  respondSnapshot(type: string, work: (write: Write) => Promise<void>): Streamed
  /** The same for HTTP/1.0, where only a length in advance lets the client notice a cut: the response is spooled first. */
  respondSpooled(type: string, work: (write: Write) => Promise<void>): Promise<Streamed>
  /** Whether the response must be spooled. */
  readonly needsLength: boolean
}

/** A request that waits for something to happen. */
export interface Wait {
  /** Aborts when the client disconnects, or the server stops. */
  readonly signal: AbortSignal
  /** To be called before data is read again: throws if the token has expired or was revoked. */
  recheck(): Awaitable<void>
}

export type Response = JsonResponse | Streamed

/** A response that is to be stored for an idempotency key, in the transaction of the change. */
export interface PendingResponse {
  store(tx: Queries, payload: string): Promise<void>
  isStored: boolean
}

/** One step of the pipeline. It throws `ApiError` to reject the request. */
export type Step = (exchange: Exchange) => void | Promise<void>

/** Combines steps into one, which stops at the step that responds. It is synchronous if all steps are. */
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
