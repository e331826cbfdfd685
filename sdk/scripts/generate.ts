import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

// Writes what the SDK takes from openapi.json; with --check, fails where the committed files are others.
//
// src/openapi.ts: the document's types, by openapi-typescript. src/operations.ts: from each operationId the method that
// calls it. `DevicesCreate` is `devices.create`; `UserTokensCreate`, of the path /users/{user}/tokens, is
// `users.createToken`.

const NOTE = '// Written by scripts/generate.ts from openapi.json.\n\n'
const HEADER_OPTIONS = { 'Idempotency-Key': 'idempotencyKey', 'If-Match': 'ifMatch', 'If-None-Match': 'ifNoneMatch' }

interface Schema {
  $ref?: string
  required?: string[]
  properties?: Record<string, unknown>
}

interface Operation {
  operationId: string
  summary: string
  description: string
  parameters: { name: string; in: 'path' | 'query' | 'header' }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}

interface OpenApiDocument {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

interface Method {
  resource: string
  name: string
  declaration: string
  entry: string
}

const documentFile = new URL('../../openapi.json', import.meta.url)
const text = readFileSync(documentFile, 'utf8')
const document: OpenApiDocument = JSON.parse(text)

const written = {
  'openapi.ts': NOTE + astToString(await openapiTS(text, { defaultNonNullable: false })),
  'operations.ts': NOTE + describeMethods(document),
}
for (const [name, content] of Object.entries(written)) {
  const file = new URL(`../src/${name}`, import.meta.url)
  if (!process.argv.includes('--check')) {
    mkdirSync(new URL('.', file), { recursive: true })
    writeFileSync(file, content)
  } else if (readFileSync(file, 'utf8') !== content) {
    console.error(`sdk/src/${name} is not what openapi.json gives. Run: npm run generate -w sdk`)
    process.exitCode = 1
  }
}

function describeMethods({ paths, components }: OpenApiDocument): string {
  const methods = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([verb, operation]) => describeMethod(path, verb.toUpperCase(), operation)),
  )
  const resources = Object.entries(Object.groupBy(methods, ({ resource }) => resource)) as [string, Method[]][]
  const aliases = Object.keys(components.schemas).map(
    (name) => `export type ${nameOfType(name)} = components['schemas']['${name}']\n`,
  )
  const interfaces = resources.map(
    ([resource, own]) =>
      `export interface ${capitalised(resource)}Methods {\n${own.map(({ declaration }) => declaration).join('\n')}}\n`,
  )
  const members = resources.map(([resource]) => `  readonly ${resource}: ${capitalised(resource)}Methods\n`)
  const entries = resources.map(
    ([resource, own]) => `  ${resource}: {\n${own.map(({ entry }) => entry).join('')}  },\n`,
  )
  return [
    "import type { components, operations } from './openapi.ts'\nimport type { Lines, Options } from './options.ts'\nimport type { Paged } from './pages.ts'\n",
    aliases.join(''),
    ...interfaces,
    `/** Every operation of the API. */\nexport interface Handset {\n${members.join('')}}\n`,
    `export const OPERATIONS = {\n${entries.join('')}} as const\n`,
  ].join('\n')
}

function describeMethod(path: string, verb: string, operation: Operation): Method {
  const { operationId, parameters, requestBody } = operation
  const { resource, name } = nameMethod(path, operationId)
  const query = parameters.filter((parameter) => parameter.in === 'query')
  const answer = successOf(operation)
  const pages = query.some((parameter) => parameter.name === 'after') && 'moreItemsAfter' in (answer.properties ?? {})
  const lines = requestBody && !('application/json' in requestBody.content) ? Object.keys(requestBody.content)[0] : null

  const headers = parameters.filter((parameter) => parameter.in === 'header').map((parameter) => parameter.name)
  const names = headers.map((header) => `'${HEADER_OPTIONS[header as keyof typeof HEADER_OPTIONS]}'`)
  const options = names.length > 0 ? `Options<${names.join(' | ')}>` : 'Options'
  const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, id]) => id as string).filter((id) => id !== 'project')
  const given = ids.map((id) => `${id}: string`)
  if (lines) given.push('lines: Lines')
  if (requestBody && !lines) {
    const schema = contentOf(requestBody)
    const mayBeLeftOut = verb !== 'PATCH' && resolve(schema).required === undefined
    given.push(`body${mayBeLeftOut ? '?' : ''}: ${typeOf(schema)}`)
  }
  if (query.length > 0) given.push(`query?: operations['${operationId}']['parameters']['query']`)
  const type = answer.type
  const result = pages ? `Paged<${type}>` : `Promise<${type}>`
  const overload = headers.includes('If-None-Match')
    ? `  /** Gives null where \`ifNoneMatch\` holds: the copy at hand is still good. */\n` +
      `  ${name}(${[...given, `options: ${options} & { ifNoneMatch: string }`].join(', ')}): Promise<${type} | null>\n`
    : ''
  const comment = `  /**\n   * ${operation.summary}.\n   *\n   * ${operation.description}\n   */\n`
  const parts = [
    `id: '${operationId}'`,
    `method: '${verb}'`,
    `path: '${path}'`,
    ...(requestBody ? ['body: true'] : []),
    ...(lines ? [`lines: '${lines}'`] : []),
    ...(answer.streams ? ['streams: true'] : []),
    ...(query.length > 0 ? ['query: true'] : []),
    ...(pages ? ['pages: true'] : []),
    // A search is a POST that changes nothing, so it goes without a key: the server would write its answer down for it.
    ...(name === 'search' ? ['search: true'] : headers.includes('Idempotency-Key') ? ['keyed: true'] : []),
  ]
  return {
    resource,
    name,
    declaration: `${overload}${comment}  ${name}(${[...given, `options?: ${options}`].join(', ')}): ${result}\n`,
    entry: `    ${name}: { ${parts.join(', ')} },\n`,
  }
}

/** Splits an operationId into noun and verb; a noun that is not the path's own resource is one inside it. */
function nameMethod(path: string, operationId: string): { resource: string; name: string } {
  const [resource = '', owner] = path
    .replace(/^\/projects\/\{project\}(?=\/)/, '')
    .split('/')
    .filter((segment) => segment !== '')
  const [, noun = '', verb = ''] = /^(\w+)([A-Z][a-z]+)$/.exec(operationId) ?? []
  const name = verb.toLowerCase()
  if (noun === capitalised(resource)) return { resource, name }
  const ownerName = capitalised(owner?.replaceAll(/[{}]/g, '') ?? '')
  const inner = noun.slice(ownerName.length)
  if (ownerName === '' || !noun.startsWith(ownerName) || inner === '') {
    throw new Error(`${operationId} names no method of ${path}`)
  }
  return { resource, name: name + (name === 'list' ? inner : singular(inner)) }
}

function singular(noun: string): string {
  return noun.replace(/ies$/, 'y').replace(/s$/, '')
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** The success of an operation: its type and its properties. What is no JSON is handed on as the platform's response. */
function successOf({ operationId, responses }: Operation): Schema & { type: string; streams?: true } {
  const success = Object.keys(responses).find((status) => status.startsWith('2'))
  const response = success === undefined ? undefined : responses[success]
  if (response?.content === undefined) throw new Error(`${operationId} answers nothing`)
  if (!('application/json' in response.content)) return { type: 'Response', streams: true }
  const schema = contentOf({ content: response.content })
  return { ...resolve(schema), type: typeOf(schema) }
}

function contentOf({ content }: { content: Record<string, { schema: Schema }> }): Schema {
  return content['application/json']?.schema ?? {}
}

function resolve(schema: Schema): Schema {
  return schema.$ref === undefined ? schema : (document.components.schemas[refName(schema)] ?? {})
}

function typeOf(schema: Schema): string {
  if (schema.$ref === undefined) throw new Error('a schema without a title has no type of its own')
  return nameOfType(refName(schema))
}

function refName({ $ref = '' }: Schema): string {
  return $ref.slice('#/components/schemas/'.length)
}

/** `Error` is a name that JavaScript has. */
function nameOfType(schema: string): string {
  return schema === 'Error' ? 'ErrorBody' : schema
}
