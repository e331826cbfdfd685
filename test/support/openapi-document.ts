import { readFileSync } from 'node:fs'
import type { Access } from '../../src/contract/operation.ts'

/** The part of the OpenAPI document that the tests read. */
export interface OpenApiDocument {
  paths: Record<string, Record<string, OpenApiOperation>>
  components: { schemas: Record<string, unknown> }
}

export interface OpenApiOperation {
  operationId: string
  'x-handset-access': Access
  parameters: { name: string; in: 'path' | 'query'; required: boolean; schema: Record<string, unknown> }[]
  requestBody?: {
    content: Record<
      string,
      { schema: { $ref: string } | { contentSchema: { $ref: string } }; example?: object | string }
    >
  }
  responses: Record<string, { $ref: string } | { content: unknown }>
}

/** The committed document. A separate check ensures that it equals what the server generates. */
export const openApiDocument: OpenApiDocument = JSON.parse(
  readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'),
)

/** Every operation with its method and path template. */
export const operations = Object.entries(openApiDocument.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, ...operation })),
)
