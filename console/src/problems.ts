import { HandsetError } from '@handset/sdk'
import { textOfDetail, textOfError } from './error-text.ts'

/** An error in words for people. */
export interface ErrorText {
  message: string
  /** An operator finds the request in the log by this id. */
  requestId: string | null
}

export function describeError(error: unknown): ErrorText {
  if (!(error instanceof HandsetError)) {
    return { message: error instanceof Error ? error.message : String(error), requestId: null }
  }
  const { requestId, status } = error
  return { message: textOfError(error), requestId: status === null || status >= 500 ? requestId : null }
}

/** Whether the object does not exist, in which case trying again cannot help. */
export function isNotFound(error: unknown): boolean {
  return error instanceof HandsetError && error.type === 'notFound'
}

/** Whether someone else has changed the object since the page loaded it. */
export function isChangedByOthers(error: unknown): boolean {
  return error instanceof HandsetError && error.type === 'preconditionFailed'
}

/** Whether a rule with this code was broken. */
export function hasCode(error: unknown, code: NonNullable<HandsetError['code']>): boolean {
  return error instanceof HandsetError && error.details.some((detail) => detail.code === code)
}

/** What the API says is wrong with a property, or with a part of it; null if it says nothing. */
export function problemAt(error: unknown, property: string): string | null {
  const texts = detailsAt(error, property).map(textOfDetail)
  return texts.length > 0 ? [...new Set(texts)].join(' ') : null
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
