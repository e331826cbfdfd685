import type { Static, TObject, TSchema } from 'typebox'

/** The roles of API keys, lowest first. Each may do everything that a lower one may (docs/contract.md §11). */
export const ROLES = ['viewer', 'editor', 'admin'] as const
export type Role = (typeof ROLES)[number]

/**
 * Who may call an operation. A role is the lowest one that an API key needs; user tokens get 403. `user` is for a user
 * token, or for an API key that is at least an editor. `open` is for every valid token. A user token still sees and
 * changes only what belongs to its user (docs/contract.md §10).
 */
export type Access = Role | 'user' | 'open'

/** The lowest role with which an API key may call an operation. */
export function requiredRole(access: Access): Role {
  if (access === 'open') return 'viewer'
  return access === 'user' ? 'editor' : access
}

/** Whether an API key with the role `actual` may do what the role `required` may. */
export function includesRole(actual: Role, required: Role): boolean {
  return ROLES.indexOf(actual) >= ROLES.indexOf(required)
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/**
 * An operation of the API: everything that its pipeline, openapi.json and the access tests need to know about it.
 * Resources declare their operations in `schema.ts`; `http/pipeline.ts` turns the declaration into steps.
 */
export interface Operation {
  operationId: string
  method: Method
  /** In the form of OpenAPI: `/projects/{project}/devices/{device}`. */
  path: string
  access: Access
  /** The property of the body that names a user. A user token may name only its own user there. */
  ownUser?: string
  /** Accepts `Idempotency-Key` (docs/contract.md §6). */
  idempotent?: true
  /**
   * The response contains a secret, so it is replayed only to the API key that made the request (docs/contract.md §6).
   */
  returnsSecret?: true
  /** The response also depends on the time, so the read cache must not hold it. */
  dependsOnTime?: true
  /** The request may wait for something to happen. */
  waits?: true
  /** Accepts `If-Match` and `If-None-Match` as conditions of a change (docs/contract.md §8). */
  guarded?: true
  /** The body may name an object by its id: 404 if there is none. */
  findsByBody?: true
  tags: [string]
  summary: string
  description: string
  params?: TObject
  querystring?: TObject
  body?: TSchema
  /** An example of a body that a fresh test project accepts. */
  example?: object
  /** The response on success: its status and its schema. */
  response: Record<number, TSchema>
  /** For operations that stream: the schema of a line of an NDJSON body, and of a line of the response by media type. */
  stream?: { body?: TSchema; answers: Record<string, TSchema> }
}

type StaticOf<Schema> = Schema extends TSchema ? Static<Schema> : unknown

/** The types of an operation's path parameters, query and body. */
export type ParamsOf<O extends Operation> = StaticOf<O['params']>
export type QueryOf<O extends Operation> = StaticOf<O['querystring']>
export type BodyOf<O extends Operation> = StaticOf<O['body']>

/** The status of an operation's successful response. */
export function successOf({ response }: Operation): number {
  return Number(Object.keys(response)[0])
}

/** Whether an operation returns one resource, as opposed to a list: such a response carries an `ETag`. */
export function returnsResource({ response }: Operation): boolean {
  const [success] = Object.values(response) as { properties?: object }[]
  return Object.hasOwn(success?.properties ?? {}, 'id')
}

/** Whether an operation works on one project, which its path names. */
export function isInProject({ path }: Operation): boolean {
  return path.startsWith('/projects/{project}')
}

/** The name of the path parameter that identifies the object of an operation: the last one. */
export function objectParameter({ path }: Operation): string | undefined {
  return [...path.matchAll(/\{(\w+)\}/g)].at(-1)?.[1]
}
