import { followOf } from './follow.ts'
import { type Handset, OPERATIONS } from './operations.ts'
import type { ClientOptions, HeaderOptions, ImportOptions, RequestOptions } from './options.ts'
import { type Page, type PageQuery, paged } from './pages.ts'
import { createSender, type HandsetRequest, type Send } from './request.ts'

export { HandsetError, type HandsetErrorCode, type HandsetErrorType } from './error.ts'
export type { Event, EventList } from './event.ts'
export type { Follow, FollowOptions } from './follow.ts'
export type { operations } from './openapi.ts'
export type * from './operations.ts'
export type { ClientOptions, HeaderOptions, ImportOptions, Lines, Options, RequestOptions } from './options.ts'
export type { Page, Paged } from './pages.ts'
export { etagOf } from './request.ts'
export { type VerifyOptions, type WebhookHeaders, WebhookVerificationError, webhooks } from './webhooks.ts'

interface Operation {
  readonly method: HandsetRequest['method']
  readonly path: string
  readonly body?: true
  readonly query?: true
  readonly pages?: true
  /** A POST that changes nothing. */
  readonly search?: true
  /** Accepts an idempotency key. */
  readonly keyed?: true
  /** The media type of a body that is not JSON. */
  readonly lines?: string
  /** Whether the response is returned as a stream. */
  readonly streams?: true
}

type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/**
 * A client of a Handset server, with a method for every operation of its API.
 *
 * Calls reject with `HandsetError`. Transient failures (429, 503, no connection) are retried where that is safe.
 * Throws `TypeError` for invalid options.
 */
export function createHandset(options: ClientOptions): Handset {
  const send = createSender(options)
  const resources = Object.entries(OPERATIONS).map(([resource, methods]) => {
    const calls = Object.entries(methods).map(([name, operation]) => [
      name,
      methodOf(`${resource}.${name}`, operation, options.project, send),
    ])
    return [resource, Object.fromEntries(calls)]
  })
  const { events, ...rest } = Object.fromEntries(resources)
  return { ...rest, events: { ...events, follow: followOf(events.list) } }
}

/** The method of an operation. Its arguments are the ids of the path, the body, the query and the options, where they exist. */
function methodOf(name: string, operation: Operation, project: string | undefined, send: Send) {
  const { method, path, body: hasBody, query: hasQuery, pages, search = false, keyed = false } = operation
  const { lines, streams = false } = operation
  const traits = { method, needsKey: keyed, changesNothing: method === 'GET' || search, lines, streams }
  return (...given: unknown[]) => {
    const ids: Record<string, unknown> = { project }
    for (const id of namesIn(path)) if (id !== 'project') ids[id] = given.shift()
    const body = hasBody ? (given.shift() ?? {}) : undefined
    const query = hasQuery ? ((given.shift() ?? {}) as Query) : {}
    const options = (given.shift() ?? {}) as RequestOptions & HeaderOptions & ImportOptions
    const call = async (query: Query) => send({ ...traits, path: fill(name, path, ids) + encode(query), body, options })
    return pages ? paged(query as PageQuery, call as (query: PageQuery) => Promise<Page<unknown>>) : call(query)
  }
}

function namesIn(path: string): string[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name as string)
}

/** Throws `TypeError` for a missing id, because the path without it belongs to another operation. */
function fill(method: string, path: string, ids: Record<string, unknown>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[name]
    if (typeof id === 'string' && id !== '') return encodeURIComponent(id)
    throw new TypeError(
      name === 'project' && id === undefined
        ? `${method} needs a project: createHandset({ project })`
        : `${method} needs the id of a ${name}`,
    )
  })
}

/** Separates the values of a parameter with commas, and escapes commas inside a value. */
function encode(query: Query): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) => `${encodeURIComponent(name)}=${[value].flat().map(String).map(encodeURIComponent).join(',')}`,
    )
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}
