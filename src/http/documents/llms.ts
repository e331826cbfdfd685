import { type OpenApiDocument, type OpenApiOperation, schemaOfBody } from './openapi.ts'

/** The API in plain text, for language models (https://llmstxt.org): its purpose, every operation and every error. */
export function describeForModels({ info, tags, paths, components }: OpenApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
  const sections = tags.map(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags[0] === name)
    const entries = own.map(({ method, path, operation }) => describeOperation(method, path, operation, components))
    return `## ${name}\n\n${description}\n\n${entries.join('\n')}`
  })
  const errors = Object.values(components.responses).map(({ description }) => description)
  const statuses = Object.entries(components.responses).map(([name], position) => `- ${name}: ${errors[position]}`)
  return [
    `# ${info.title}`,
    `> ${info.description}`,
    `Version ${info.version}. Paths are relative to this server. Send \`Authorization: Bearer TOKEN\` with every request, and bodies as JSON unless another type is given. /openapi.json is the full document with every field; /reference is the page for people.`,
    'Lists are newest first and have `items`, `moreItemsAfter` and `moreItemsBefore`: pass these as `after` or `before` to get further pages, until they are null. `limit` is 0 to 200. A POST or DELETE with an `Idempotency-Key` can be repeated safely.',
    ...sections,
    `## Errors\n\nEvery error has \`object\` ("error"), \`type\` and \`message\`, and optionally \`code\`, \`hint\` (how to fix it) and \`details\` (one entry for every offending property).\n\n${statuses.join('\n')}\n\nTypes: ${enumOf(components, 'Error', 'type')}.\n\nCodes: ${enumOf(components, 'Error', 'code')}.`,
  ]
    .join('\n\n')
    .concat('\n')
}

function describeOperation(
  method: string,
  path: string,
  { operationId, summary, description, parameters, requestBody }: OpenApiOperation,
  { schemas }: OpenApiDocument['components'],
): string {
  const query = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? []
  const schema = content && schemas[schemaOfBody(content.schema)]
  const body = Object.keys(schema?.properties ?? {}).map((name) =>
    schema?.required?.includes(name) ? `${name} (required)` : name,
  )
  return [
    `- \`${method} ${path}\` (${operationId}): ${summary}. ${description}`,
    ...(query.length > 0 ? [`  Query: ${query.join(', ')}.`] : []),
    ...(body.length > 0 ? [`  Body${type === 'application/json' ? '' : ` (${type})`}: ${body.join(', ')}.`] : []),
    ...(content?.example ? [`  Example body: ${exampleText(content.example)}`] : []),
  ].join('\n')
}

function exampleText(example: object | string): string {
  return typeof example === 'string' ? example.trimEnd() : JSON.stringify(example)
}

function enumOf({ schemas }: OpenApiDocument['components'], schema: string, property: string): string {
  return (schemas[schema]?.properties?.[property]?.enum ?? []).join(', ')
}
