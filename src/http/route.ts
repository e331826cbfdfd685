import type { Caller } from '../caller.ts'
import type { BodyOf, Operation, ParamsOf, QueryOf } from '../contract/operation.ts'
import type { Queries } from '../db/port.ts'
import type { Exchange, Streamed } from './exchange.ts'

/** An exchange whose query, body and path parameters have the types that the operation declares. */
export type Call<O extends Operation> = Omit<Exchange, 'params' | 'query' | 'body'> & {
  params: ParamsOf<O>
  query: QueryOf<O>
  body: BodyOf<O>
}

/**
 * Finds the object that a path names. Returns it as JSON, or nothing if it only checks that the caller may change the
 * object. Throws `notFound` if there is none that the caller may see.
 */
export type ObjectFinder = (
  db: Queries,
  caller: Caller,
  id: string,
  call: Pick<Exchange, 'context' | 'params'>,
) => unknown

/** Runs an operation and returns the response, as JSON text or as a stream. */
type Handler<O extends Operation> = (call: Call<O>) => string | Streamed | Promise<string | Streamed>

/** An operation and the code behind it. */
export interface Route {
  operation: Operation
  find: ObjectFinder | null
  handle: Handler<Operation>
}

/** The route of an operation. */
export function route<const O extends Operation>(operation: O, handle: Handler<O>): Route {
  return { operation, find: null, handle: handle as unknown as Handler<Operation> }
}

/**
 * The route of an operation whose path ends in an object's id, or leads through one: `find` runs before method, body
 * and query are validated, so that a missing object is 404 even if the request has other errors (docs/contract.md §1).
 */
export function objectRoute<const O extends Operation>(operation: O, find: ObjectFinder, handle: Handler<O>): Route {
  return { ...route(operation, handle), find }
}
