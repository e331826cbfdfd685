import { contextFor } from '../context.ts'
import { isInProject, type Operation, returnsResource, successOf } from '../contract/operation.ts'
import { andThen } from '../domain/awaitable.ts'
import { compose, type Exchange, type JsonResponse, type Step } from './exchange.ts'
import type { Admission } from './limits/overload.ts'
import { limitRate, type RateLimits } from './limits/rate-limit.ts'
import { canSearch, type SearchLimits } from './limits/searches.ts'
import type { ReadCache } from './read-cache.ts'
import { requireAccess, requireOwnProject, requireOwnUser } from './request/access.ts'
import { requireBody, requireJsonType, requireLines, sendContinue } from './request/body.ts'
import { readPrecondition, tagOf } from './request/entity-tags.ts'
import { replay, storeUnstored } from './request/idempotency.ts'
import { requireImportType } from './request/import-body.ts'
import { findObject } from './request/object.ts'
import { rejectUnknownPath } from './request/unknown-path.ts'
import { validate } from './request/validation.ts'
import type { Route } from './route.ts'

/** The parts of the server that the steps use. */
export interface PipelineParts {
  admission: Admission
  authenticate: Step
  rates: RateLimits
  searches: SearchLimits
  /** Null for a store that does not report every commit at once. */
  readCache: ReadCache | null
  stream: (operation: Operation) => Step
  wait: Step
}

/**
 * The steps of an operation, in their order. This is everything that happens to a request. The declaration of an
 * operation decides which steps it has. Errors come in the order of docs/contract.md §1.
 */
export function stepsOf(
  route: Route,
  { admission, authenticate, rates, searches, readCache, stream, wait }: PipelineParts,
) {
  const { operation, find } = route
  const isCached = operation.method === 'GET' && !operation.stream && !operation.dependsOnTime
  const takesLines = operation.stream?.body !== undefined
  const isSearch = canSearch(operation)
  const mayHaveBody = operation.method !== 'GET'
  const known = [
    admission.admit, //                                                  503, 429
    authenticate, //                                                     401, 429
    limitRate(rates), //                                                 429
    admission.share, //                                                  429
    isInProject(operation) && requireOwnProject, //                      404
  ]
  return {
    /** For a method that the path does not have: the path comes first (docs/contract.md §1), then 405. */
    otherMethod: steps(...known, find && findObject({ ...route, find })),
    /** Before the body is read. */
    beforeBody: steps(
      ...known,
      isCached && readCache?.answer,
      find && findObject({ ...route, find }), //                         404
      takesLines ? requireImportType : requireJsonType, //               415, then the body: 408, 413, 400
      mayHaveBody && sendContinue,
      mayHaveBody && admission.awaitBody,
    ),
    /** After the body is read, unless it is a stream. */
    afterBody: steps(
      takesLines && admission.readStream,
      mayHaveBody && !takesLines && admission.resume, //                 503
      takesLines && requireLines, //                                     400
      operation.body !== undefined && requireBody, //                    400
      requireAccess(operation.access), //                                403
      operation.ownUser !== undefined && requireOwnUser(operation.ownUser), // 403
      validate(operation), //                                            422
      operation.guarded && readPrecondition,
      mayHaveBody && nameRequest,
      operation.stream && stream(operation),
      operation.waits && wait,
      operation.idempotent && replay(operation), //                      409, 422
      isSearch && searches.reject, //                                     429
      perform(route), //                                                 404, 409, 412, 422 of the verb; 429, 503 of an export
      isSearch && searches.count,
      operation.idempotent && storeUnstored,
      returnsResource(operation) && tag,
      isCached && readCache?.store,
    ),
  }
}

/** The steps of a path that no operation has: 404, but only to a caller who may know that. */
export function stepsOfUnknownPath({ admission, authenticate, rates }: PipelineParts): Step {
  return steps(admission.admit, authenticate, limitRate(rates), rejectUnknownPath)
}

/** Gives the id of the request to the events of its change. */
function nameRequest(exchange: Exchange): void {
  exchange.context = contextFor(exchange.context, exchange.request.id)
}

/** Runs the operation. */
function perform({ operation, handle }: Route): Step {
  const status = successOf(operation)
  return (exchange) =>
    andThen(handle(exchange as Parameters<Route['handle']>[0]), (result) => {
      exchange.response = typeof result === 'string' ? { status, payload: result, tag: null, isReplay: false } : result
    })
}

/** Adds the entity tag to the response. */
function tag({ response }: Exchange): void {
  const resource = response as JsonResponse
  resource.tag = tagOf(resource.payload)
}

function steps(...all: (Step | null | undefined | false)[]): Step {
  return compose(all.filter((step) => typeof step === 'function'))
}
