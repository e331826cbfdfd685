import type { TSchema } from 'typebox'

/** An operation of the API, in the terms of OpenAPI. `response` declares its success. */
export interface Operation {
  operationId: string
  tags: [string]
  summary: string
  description: string
  params?: TSchema
  querystring?: TSchema
  body?: TSchema
  /** A body that a fresh test project accepts as it is. */
  example?: object
  response: Record<number, TSchema>
  /** For operations that stream: the schema of a line of an NDJSON body, and of a line of the response by media type. */
  stream?: { body?: TSchema; answers: Record<string, TSchema> }
}
