import { HandsetError } from '@handset/sdk'

/** An error as it is told to a person. */
export interface Telling {
  message: string
  hint: string | null
  /** What the operator finds the request by. */
  requestId: string | null
}

export function tell(error: unknown): Telling {
  if (!(error instanceof HandsetError)) {
    return { message: error instanceof Error ? error.message : String(error), hint: null, requestId: null }
  }
  const { message, hint, requestId, status } = error
  return { message, hint, requestId: status === null || status >= 500 ? requestId : null }
}

/** Whether what was asked for is not there, so that asking again is of no use. */
export function isGone(error: unknown): boolean {
  return error instanceof HandsetError && error.type === 'notFound'
}

/** What the API says is wrong with a property of what was sent, or with a part of it; null where it says nothing. */
export function problemAt(error: unknown, property: string): string | null {
  const details = detailsAt(error, property)
  if (details.length === 0) return null
  const { hint, details: all } = error as HandsetError
  const messages = details.map(({ message, suggestion }) => message + (suggestion ? ` (${suggestion}?)` : ''))
  const said = messages.join(' ')
  return hint !== null && all.length === details.length && !said.includes(hint) ? `${said}. ${hint}` : said
}

/** Whether the API says which property is wrong, and it is one of these: then it is told there and nowhere else. */
export function isToldAt(error: unknown, properties: readonly string[]): boolean {
  return (
    error instanceof HandsetError &&
    error.details.length > 0 &&
    error.details.every(({ property }) => properties.some((name) => isAt(property, name)))
  )
}

function detailsAt(error: unknown, property: string) {
  return error instanceof HandsetError ? error.details.filter((detail) => isAt(detail.property, property)) : []
}

function isAt(property: string, name: string): boolean {
  return property === name || property.startsWith(`${name}[`) || property.startsWith(`${name}.`)
}
