import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Context } from '../context.ts'
import { closed } from '../contract/schemas.ts'
import { validateQuery } from '../contract/validation.ts'
import { ApiError, invalid, unavailable } from '../errors.ts'
import { frontPageFrom, wantsFrontPage } from './documents/front-page.ts'
import type { Exchange, Request, Step, Wait } from './exchange.ts'
import type { Admission } from './limits/overload.ts'
import { CLIENT_GONE, type Observe } from './observation/answered.ts'
import type { PageRoute } from './page.ts'
import { createPaths } from './paths.ts'
import { type PipelineParts, stepsOf, stepsOfUnknownPath } from './pipeline.ts'
import { readBody, requireJsonType } from './request/body.ts'
import { requireHost } from './request/host.ts'
import { requestIdOf } from './request/request-id.ts'
import type { Responder } from './request/response.ts'
import { isPreflight } from './request/security-headers.ts'
import type { Route } from './route.ts'

/**
 * Runs the work of a request in a span, and `done` when the response is sent or the client has disconnected. `traceId` is
 * undefined for a trace that is not sampled.
 */
export type RequestTracer = (exchange: Exchange, work: () => void, done: (traceId: string | undefined) => void) => void

export interface RouterParts extends PipelineParts {
  context: Context
  admission: Admission
  responder: Responder
  /** Whether pages of other origins may call the API. */
  hasOrigins: boolean
  /** Removes the base path from the URL of a request. */
  removeBasePath: (url: string) => string
  /** Called for every response. */
  observe: Observe
  trace: RequestTracer | undefined
}

const NO_PARAMETERS = closed({})

/** A path: how each of its methods is processed, and the steps before the rejection of other methods. */
interface Target {
  path: string
  ways: Map<string, Way>
  otherMethod: Step | null
}

/** How a request is processed. */
interface Way {
  name: string
  path: string
  begin: (exchange: Exchange) => void
}

/**
 * Creates the listener of the server, for the operations of the API and the public pages. It finds the target of each
 * request; the steps of an operation are in `pipeline.ts`.
 */
export function createRouter(
  routes: readonly Route[],
  pages: readonly PageRoute[],
  parts: RouterParts,
): RequestListener {
  const { admission, responder, hasOrigins, removeBasePath, observe, trace } = parts
  const unknownPath = stepsOfUnknownPath(parts)
  const paths = createPaths<Target>()
  const targets = new Map<string, Target>()

  /** Runs a step, then continues unless the step has responded or rejected the request. */
  function run(step: Step, exchange: Exchange, next: () => void): void {
    const goOn = () => {
      if (exchange.isAnswered) responder.respond(exchange)
      else next()
    }
    try {
      const waiting = step(exchange)
      if (waiting === undefined) goOn()
      else waiting.then(goOn).catch((error) => responder.fail(exchange, error))
    } catch (error) {
      responder.fail(exchange, error)
    }
  }

  /** Reads the body, then continues unless it is rejected. */
  function takeBody(exchange: Exchange, next: () => void): void {
    readBody(
      exchange.request,
      (body) => {
        exchange.body = body
        next()
      },
      (error) => responder.fail(exchange, error),
    )
  }

  function wayOf({ operation: { method, stream } }: Route, beforeBody: Step, afterBody: Step): Way['begin'] {
    const finish = (exchange: Exchange) => run(afterBody, exchange, () => responder.respond(exchange))
    // The reader of a stream is the operation itself.
    if (method === 'GET' || stream?.body !== undefined) {
      return (exchange) => run(beforeBody, exchange, () => finish(exchange))
    }
    return (exchange) => run(beforeBody, exchange, () => takeBody(exchange, () => finish(exchange)))
  }

  function wayOfPage({ method, readsQuery, respond }: PageRoute): Way['begin'] {
    async function show(exchange: Exchange): Promise<void> {
      if (!readsQuery) requireNoQuery(exchange)
      responder.show(exchange, await respond(exchange))
    }
    const finish = (exchange: Exchange) => void show(exchange).catch((error) => responder.fail(exchange, error))
    if (method === 'GET') return finish
    return (exchange) => {
      requireJsonType(exchange)
      takeBody(exchange, () => finish(exchange))
    }
  }

  function add(path: string, method: string, name: string, begin: Way['begin'], otherMethod: Step | null): void {
    const target = targets.get(path) ?? { path, ways: new Map(), otherMethod }
    const way = { name, path, begin }
    target.ways.set(method, way)
    if (method === 'GET') target.ways.set('HEAD', way)
    targets.set(path, target)
    paths.add(path, target)
  }

  for (const route of routes) {
    const { method, path, operationId } = route.operation
    const { beforeBody, afterBody, otherMethod } = stepsOf(route, parts)
    add(path, method, operationId, wayOf(route, beforeBody, afterBody), otherMethod)
  }
  for (const page of pages) add(page.path, page.method, page.name, wayOfPage(page), null)

  function rejectMethod(exchange: Exchange, { ways, otherMethod }: Target): void {
    const rejection = methodNotAllowed(ways)
    if (otherMethod === null) responder.fail(exchange, rejection)
    else run(otherMethod, exchange, () => responder.fail(exchange, rejection))
  }

  function begin(exchange: Exchange, target: Target | undefined, way: Way | undefined): void {
    const { request } = exchange
    try {
      requireHost(request.raw)
      if (admission.isClosing) throw unavailable('The server is shutting down')
      if (hasOrigins && isPreflight(request)) responder.allow(exchange)
      else if (way !== undefined) way.begin(exchange)
      else if (target !== undefined) rejectMethod(exchange, target)
      else if (wantsFrontPage(request)) responder.redirect(exchange, frontPageFrom(request))
      else run(unknownPath, exchange, () => {})
    } catch (error) {
      responder.fail(exchange, error)
    }
  }

  return (raw, reply) => {
    const start = performance.now()
    const { path, url, query } = splitUrl(raw.url ?? '/', removeBasePath)
    const found = path === null ? undefined : paths.find(path)
    const { method = 'GET', headers } = raw
    const way = found?.value.ways.get(method)
    const request = { raw, id: requestIdOf(raw), method, url, query, headers }
    const route = found === undefined ? null : { name: way?.name, path: found.value.path }
    const exchange = createExchange(request, reply, route, found?.params ?? {}, parts.context)
    const done = (traceId: string | undefined) =>
      observe({
        id: request.id,
        operation: route?.name,
        method,
        status: reply.headersSent ? reply.statusCode : CLIENT_GONE,
        aborted: !reply.writableFinished,
        milliseconds: performance.now() - start,
        caller: exchange.caller,
        traceId,
      })
    reply.on('error', ignore) // The connection is gone, and nobody reads the response.
    if (trace !== undefined) trace(exchange, () => begin(exchange, found?.value, way), done)
    else {
      // Not `finish`: a client that disconnects never gets that far.
      reply.once('close', () => done(undefined))
      begin(exchange, found?.value, way)
    }
  }
}

function ignore(): void {}

function requireNoQuery({ request }: Exchange): void {
  const { problems } = validateQuery(request.query, NO_PARAMETERS, undefined)
  if (problems.length > 0) throw invalid(problems)
}

/** The form of a URL that a client sends to a proxy (RFC 9112 §3.2.2). */
const ABSOLUTE = /^https?:\/\/[^/]*/

/** Splits the target of a request. Its path is null if it names nothing. */
function splitUrl(target: string, removeBasePath: (url: string) => string) {
  const url = removeBasePath(target.startsWith('/') ? target : target.replace(ABSOLUTE, ''))
  const end = url.search(/[?#]/)
  const path = end < 0 ? url : url.slice(0, end)
  return { url, path: isDecodable(path) ? path : null, query: end < 0 ? '' : url.slice(end + 1) }
}

/** A path with an invalid percent-escape or a NUL names nothing (docs/contract.md §1). */
function isDecodable(path: string): boolean {
  if (!path.includes('%')) return true
  try {
    return !decodeURIComponent(path).includes('\0')
  } catch {
    return false
  }
}

function createExchange(
  request: Request,
  reply: ServerResponse<IncomingMessage>,
  route: Exchange['route'],
  params: Record<string, string>,
  context: Context,
): Exchange {
  return {
    request,
    reply,
    route,
    context,
    caller: undefined as unknown as Exchange['caller'],
    version: 0,
    standing: null,
    counted: { isInProgress: false, isArriving: false, address: null, token: null, project: null },
    params,
    found: '',
    query: undefined,
    body: undefined,
    precondition: null,
    isRepeated: false,
    streaming: null,
    startWaiting: cannotWait,
    pending: null,
    response: null,
    isAnswered: false,
  }
}

function cannotWait(): Wait {
  throw new Error('The operation is not declared to wait')
}

function methodNotAllowed(ways: ReadonlyMap<string, Way>): ApiError {
  const allow = [...ways.keys()].sort().join(', ')
  return new ApiError('methodNotAllowed', 'This path does not allow that method', {
    hint: `It allows ${allow}.`,
    headers: { allow },
  })
}
