import { digestOf } from '../../domain/digest.ts'
import { ApiError } from '../../errors.ts'
import type { Exchange } from '../exchange.ts'

const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g

/** The suffix that proxies add to a tag, before its closing quote, when they compress the response. */
const COMPRESSED = /(?:--gzip|[-;]gzip|-br|-zstd|-deflate)"$/

/**
 * The entity tag of a resource (docs/contract.md §8; RFC 9110 §8.8): a digest of its bytes, so a device's tag also
 * changes with its model, user or SIMs.
 */
export function tagOf(json: string): string {
  return `"${digestOf(json)}"`
}

/** Sets the condition that a PATCH or DELETE must meet, if the request states one. If it fails, the response is 412. */
export function readPrecondition(exchange: Exchange): void {
  const ifMatch = exchange.request.headers['if-match']
  const ifNoneMatch = exchange.request.headers['if-none-match']
  if (ifMatch === undefined && ifNoneMatch === undefined) return
  exchange.precondition = (json) => {
    const tag = tagOf(json)
    if (ifMatch !== undefined && !matches(ifMatch, tag)) throw preconditionFailed('The object has changed')
    if (ifNoneMatch !== undefined && matches(ifNoneMatch, tag)) {
      throw preconditionFailed('The object has the tag that `If-None-Match` excludes')
    }
  }
}

/**
 * Whether a condition field names a tag, or any (`*`). Proxies that compress make tags weak or append a suffix; such a
 * tag still identifies the bytes of the resource, so it matches in both fields.
 */
export function matches(field: string, tag: string): boolean {
  if (field === tag || field.trim() === '*') return true
  return (field.match(TAG) ?? []).some((given) => given.replace(/^W\//, '').replace(COMPRESSED, '"') === tag)
}

function preconditionFailed(message: string): ApiError {
  return new ApiError('preconditionFailed', message, {
    hint: 'Retrieve the object again, review what changed, and repeat the request with the new ETag.',
  })
}
