import { HandsetError } from '@handset/sdk'

/** An error as a person reads it. */
export interface ErrorText {
  message: string
  hint: string | null
  /** By which an operator finds the request in the log. */
  requestId: string | null
}

export function describeError(error: unknown): ErrorText {
  if (!(error instanceof HandsetError)) {
    return { message: error instanceof Error ? error.message : String(error), hint: null, requestId: null }
  }
  const { message, hint, requestId, status } = error
  return { message, hint, requestId: status === null || status >= 500 ? requestId : null }
}

/** Whether the object does not exist, so that trying again is of no use. */
export function isNotFound(error: unknown): boolean {
  return error instanceof HandsetError && error.type === 'notFound'
}

/** What the API says is wrong with a property, or with a part of it; null if it says nothing. */
export function problemAt(error: unknown, property: string): string | null {
  const details = detailsAt(error, property)
  if (details.length === 0) return null
  const { hint, details: all } = error as HandsetError
  const text = details.map(({ message, suggestion }) => message + (suggestion ? ` (${suggestion}?)` : '')).join(' ')
  return hint !== null && all.length === details.length && !text.includes(hint) ? `${text}. ${hint}` : text
}

/** Whether the error is only about these properties, so that their fields show all of it. */
export function isShownAt(error: unknown, properties: readonly string[]): boolean {
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
