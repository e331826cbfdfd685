import type { OpenApiDocument, OpenApiOperation } from './openapi.ts'
import { REFERENCE_STYLE } from './reference-style.ts'

/** The part of a published schema that the page shows. */
interface Schema {
  $ref?: string
  type?: string | readonly string[]
  description?: string
  title?: string
  enum?: readonly unknown[]
  const?: unknown
  default?: unknown
  format?: string
  anyOf?: readonly Schema[]
  items?: Schema
  required?: readonly string[]
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  contentSchema?: Schema
}

interface Content {
  schema: Schema
  example?: unknown
}

interface Parameter {
  name: string
  in: string
  required?: boolean
  description?: string
  schema: Schema
}

/** An operation with everything that the page shows of it. */
interface Described {
  method: string
  path: string
  operation: OpenApiOperation & {
    parameters: readonly Parameter[]
    responses: Record<string, { $ref?: string; description?: string; content?: Record<string, Content> }>
  }
}

/**
 * The API reference as one HTML page without a script: every operation with its parameters, bodies, responses and a curl
 * command, and every schema. Links have the names of operations and schemas, as in `#DevicesCreate`.
 */
export function describeForPeople({ info, tags, paths, components }: OpenApiDocument): string {
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => ({ method: method.toUpperCase(), path, operation }) as unknown as Described,
    ),
  )
  const groups = tags.map((tag) => ({
    ...tag,
    own: described.filter(({ operation }) => operation.tags[0] === tag.name),
  }))
  const schemas = Object.entries(components.schemas) as [string, Schema][]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Handset API reference</title>
<style>${REFERENCE_STYLE}</style>
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<nav aria-label="Reference">
<p><strong>${text(info.title)}</strong> ${text(info.version)}</p>
${groups.map(({ name, own }) => `<h2>${text(name)}</h2>${list(own.map(({ operation }) => link(operation.operationId, operation.summary)))}`).join('\n')}
<h2>Errors</h2>${list([link('errors', 'Errors')])}
<h2>Schemas</h2>${list(schemas.map(([name]) => link(name, name)))}
</nav>
<main id="content">
<h1>API reference</h1>
<p>${prose(info.description)}</p>
<p>For programs: <a href="openapi.json">openapi.json</a>. For language models: <a href="llms.txt">llms.txt</a>.</p>
<p>In the examples, <code>$HANDSET_URL</code> is the address of this server, <code>$HANDSET_TOKEN</code> an API key or a user token, and <code>$project</code> the id of your project.</p>
${groups.map(({ name, description, own }) => `<h2>${text(name)}</h2><p>${prose(description)}</p>${own.map(operationSection).join('\n')}`).join('\n')}
<h2>Errors</h2>
${section('errors', 'Errors', errorTable(components.responses, described))}
<h2>Schemas</h2>
${schemas.map(([name, schema]) => section(name, name, `${paragraph(schema.description)}${propertyTable(schema)}`)).join('\n')}
</main>
</body>
</html>
`
}

function operationSection({ method, path, operation }: Described): string {
  const { operationId, summary, description, parameters, responses, requestBody } = operation
  const bodies = Object.entries((requestBody?.content ?? {}) as Record<string, Content>)
  const [media, body] = bodies[0] ?? []
  const name = body && nameOf(body.schema.contentSchema ?? body.schema)
  return section(
    operationId,
    summary,
    [
      `<p class="path"><strong>${method}</strong> <code>${text(path)}</code></p>`,
      paragraph(description),
      parameters.length > 0 ? table('Parameters', parameters.map(parameterRow)) : '',
      media
        ? `<p>Body: ${bodies.map(([type]) => `<code>${text(type)}</code>`).join(', ')}${name ? `, ${link(name, name)}` : ''}</p>`
        : '',
      `<pre tabindex="0" aria-label="Example of ${text(summary)}">${text(curl(method, path, media, body?.example))}</pre>`,
      responsesOf(responses),
    ].join('\n'),
  )
}

function parameterRow({ name, in: place, required, description, schema }: Parameter): string {
  return row(name, `${typeOf(schema)}, in the ${place}${required ? ', required' : ''}`, description)
}

/** The responses of an operation: what success returns, and the statuses of its errors, which the page explains once. */
function responsesOf(responses: Described['operation']['responses']): string {
  const all = Object.entries(responses)
  const rows = all
    .filter(([, { $ref }]) => $ref === undefined)
    .map(([status, { description, content = {} }]) => {
      const [first] = Object.values(content)
      return row(status, first ? typeOf(first.schema.contentSchema ?? first.schema) : '', description)
    })
  const errors = all.filter(([, { $ref }]) => $ref !== undefined).map(([status]) => `<code>${status}</code>`)
  return `${table('Responses', rows)}<p>${link('errors', 'Errors')}: ${errors.join(', ')}</p>`
}

/** Every kind of error response, whose body is an `Error`. */
function errorTable(responses: OpenApiDocument['components']['responses'], described: readonly Described[]): string {
  const referred = described.flatMap(({ operation }) => Object.entries(operation.responses))
  const statusOf = new Map(referred.map(([status, { $ref }]) => [$ref?.split('/').at(-1), status]))
  const rows = Object.entries(responses).map(([name, { description }]) =>
    row(`${statusOf.get(name)} ${wordsOf(name)}`, link('Error', 'Error'), description),
  )
  return table('Responses', rows)
}

/** A name such as `NotFound` in words. */
function wordsOf(name: string): string {
  return name.replaceAll(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function propertyTable({ properties = {}, required = [] }: Schema): string {
  const rows = Object.entries(properties).map(([name, schema]) =>
    row(name, `${typeOf(schema)}${required.includes(name) ? ', required' : ''}`, schema.description),
  )
  return rows.length > 0 ? table('Properties', rows) : ''
}

/** The type of a value, with links to the schemas in it. */
function typeOf(schema: Schema): string {
  const { type, anyOf, items, format, additionalProperties: values } = schema
  const name = nameOf(schema)
  if (name !== undefined) return link(name, name)
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ')
  if (schema.const !== undefined) return `<code>${text(JSON.stringify(schema.const))}</code>`
  const known = schema.enum?.map((value) => `<code>${text(JSON.stringify(value))}</code>`).join(', ')
  if (known !== undefined) return known
  const types = [type ?? 'any value'].flat().map((one) => {
    if (one === 'array' && items) return `array of ${typeOf(items)}`
    if (one === 'object' && typeof values === 'object') return `object of ${typeOf(values)}`
    return one
  })
  return types.join(' or ') + (format === undefined ? '' : ` (${text(format)})`)
}

function nameOf({ $ref }: Schema): string | undefined {
  return $ref?.slice('#/components/schemas/'.length)
}

/** A command that sends the example of an operation. */
function curl(method: string, path: string, media: string | undefined, example: unknown): string {
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} "$HANDSET_URL${path.replaceAll(/\{(\w+)\}/g, '$$$1')}"`,
    '  -H "Authorization: Bearer $HANDSET_TOKEN"',
  ]
  if (media !== undefined && example !== undefined) {
    const body = typeof example === 'string' ? example.trimEnd() : JSON.stringify(example)
    lines.push(`  -H 'Content-Type: ${media}'`, `  --data-binary '${body.replaceAll("'", "'\\''")}'`)
  }
  return lines.join(' \\\n')
}

function section(id: string, title: string, content: string): string {
  return `<section id="${text(id)}" aria-labelledby="${text(id)}-title"><h3 id="${text(id)}-title">${link(id, title)}</h3>\n${content}\n</section>`
}

function table(caption: string, rows: readonly string[]): string {
  return `<table><caption>${caption}</caption><tbody>${rows.join('')}</tbody></table>`
}

function row(name: string, type: string, description: string | undefined): string {
  return `<tr><th scope="row"><code>${text(name)}</code></th><td>${type}</td><td>${description ? prose(description) : ''}</td></tr>`
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`
}

function link(id: string, title: string): string {
  return `<a href="#${text(id)}">${text(title)}</a>`
}

function paragraph(description: string | undefined): string {
  return description ? `<p>${prose(description)}</p>` : ''
}

/** A description, whose code is between backticks. */
function prose(description: string): string {
  return text(description).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
