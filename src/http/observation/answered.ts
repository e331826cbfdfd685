import { type DestinationStream, type Level, type Logger, pino } from 'pino'
import type { Caller } from '../../caller.ts'
import { createBoundedCache } from '../../domain/bounded-cache.ts'

/**
 * A request with its response. It is named by its operation and never by its URL: paths, queries and bodies hold
 * personal data, which must not be logged.
 */
export interface Answered {
  id: string
  /** Undefined for an unknown path. */
  operation: string | undefined
  method: string
  /** The status that was sent; 499 if the client disconnected before that. */
  status: number
  /** Whether the connection closed before the response was complete. */
  aborted: boolean
  /** Until the end of the response, or until the client disconnected. */
  milliseconds: number
  /** The trace of the request; undefined unless it is sampled. */
  traceId: string | undefined
  /** Undefined for unauthenticated requests and public routes. */
  caller: Caller | undefined
}

export type Observe = (answered: Answered) => void

/** The status of a request whose client disconnected before a response was sent, as nginx logs it. */
export const CLIENT_GONE = 499

/** Requests that load balancers and monitoring send every few seconds. */
const PROBES = new Set<string | undefined>(['HealthLive', 'HealthReady', 'Metrics'])

/** How many origins of requests are cached: one for each token and operation. */
const KNOWN_ORIGINS = 10_000

/** They do not depend on the store, so they are valid for every version of it. */
const ALWAYS = 0

/** The parts of a logger from which pino composes a line. */
interface LineParts {
  /** The start of a line, by the number of its level. */
  starts: Readonly<Record<number, string>>
  time: () => string
  /** The fields of the logger, rendered. */
  fields: string
  /** Returns fields to add to each line. */
  mixin: (() => object) | undefined
  stream: DestinationStream
}

/**
 * Logs one line for every request, at level `info`; for successful probes at `debug`. It composes the line itself: a
 * call of pino takes eight times as long, since it builds an object and visits its properties.
 */
export function createAnswerLog(logger: Logger): Observe {
  const { starts, time, mixin, stream } = partsOf(logger)
  // The fields that many requests have in common are rendered once.
  const origins = createBoundedCache<string>(KNOWN_ORIGINS)

  function originOf(caller: Caller | undefined, operation: string | undefined): string {
    const key = `${caller?.tokenId} ${operation}`
    const found = origins.get(ALWAYS, key)
    if (found !== undefined) return found
    const ofCaller = caller && { project: caller.project.id, token: caller.tokenId }
    const { fields } = partsOf(logger.child({ ...ofCaller, operation }))
    origins.set(ALWAYS, key, fields, 1)
    return fields
  }

  return ({ id, operation, method, status, aborted, milliseconds, caller }) => {
    const level: Level = PROBES.has(operation) && status < 400 ? 'debug' : 'info'
    if (!logger.isLevelEnabled(level)) return
    const start = `${starts[logger.levels.values[level] as number]}${time()}${originOf(caller, operation)}`
    // An id is safe to log (`request/request-id.ts`), and Node accepts only methods that it knows: neither needs escaping.
    const request = `,"reqId":"${id}","method":"${method}","status":${status}`
    const duration = `,"milliseconds":${Math.round(milliseconds * 1000) / 1000}${aborted ? ',"aborted":true' : ''}`
    const added = mixin === undefined ? '' : rendered(mixin())
    stream.write(`${start}${request}${duration}${added},"msg":"${aborted ? 'disconnected' : 'answered'}"}\n`)
  }
}

function partsOf(logger: Logger): LineParts {
  const { lsCacheSym, timeSym, chindingsSym, mixinSym, streamSym } = pino.symbols
  const parts = logger as unknown as Record<symbol, unknown>
  return {
    starts: parts[lsCacheSym] as LineParts['starts'],
    time: parts[timeSym] as LineParts['time'],
    fields: parts[chindingsSym] as LineParts['fields'],
    mixin: parts[mixinSym] as LineParts['mixin'],
    stream: parts[streamSym] as LineParts['stream'],
  }
}

function rendered(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]) => `,"${name}":${JSON.stringify(value)}`)
    .join('')
}
