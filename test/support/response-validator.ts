import assert from 'node:assert/strict'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { OpenApiDocument } from './openapi-document.ts'

const DOCUMENT_ID = 'openapi'

/** Fails for a response that the OpenAPI document does not allow for its operation, by status or by shape. */
export type ResponseValidator = (
  method: string,
  path: string,
  status: number,
  body: unknown,
  mediaType?: string | undefined,
) => void

export function createResponseValidator(document: OpenApiDocument): ResponseValidator {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat('idn-email', /^\S+@\S+$/)
  ajv.addSchema(document, DOCUMENT_ID)
  const validators = new Map<string, ValidateFunction>()

  function validatorFor(pointer: string): ValidateFunction {
    const known = validators.get(pointer)
    if (known) return known
    const compiled = ajv.compile({ $ref: `${DOCUMENT_ID}#${pointer}` })
    validators.set(pointer, compiled)
    return compiled
  }

  return (method, path, status, body, mediaType = 'application/json') => {
    const template = templateOf(document, path)
    const operation = document.paths[template ?? '']?.[method.toLowerCase()]
    const response = operation?.responses[status]
    // Rejections for paths and methods without an operation share the error schema.
    assert.ok(response || !operation, `${method} ${template} returned ${status}, which openapi.json does not list`)
    const pointer =
      response && !('$ref' in response)
        ? `/paths/${escapePointer(template as string)}/${method.toLowerCase()}/responses/${status}/content/${escapePointer(mediaType)}/schema${mediaType === 'application/x-ndjson' ? '/contentSchema' : ''}`
        : '/components/schemas/Error'
    const validate = validatorFor(pointer)
    for (const item of mediaType === 'application/x-ndjson' ? (body as unknown[]) : [body]) {
      assert.ok(
        validate(item),
        `${method} ${template ?? path} ${status}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(item)}`,
      )
    }
  }
}

/** The template of a path. Literal segments take precedence over parameters. */
function templateOf(document: OpenApiDocument, path: string): string | undefined {
  const segments = (path.split('?')[0] as string).split('/')
  const fits = (template: string) => {
    const parts = template.split('/')
    return (
      parts.length === segments.length &&
      parts.every((part, position) => (part.startsWith('{') ? segments[position] !== '' : part === segments[position]))
    )
  }
  return Object.keys(document.paths)
    .filter(fits)
    .sort((a, b) => a.split('{').length - b.split('{').length)[0]
}

function escapePointer(segment: string): string {
  return encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1'))
}
