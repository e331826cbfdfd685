/** A position in a list: right after an id (older), right before one (newer), or the start. */
export interface Cursor {
  after?: string
  before?: string
  limit: number
}

/** The number of items on a page if the request states none. */
export const DEFAULT_LIMIT = 10
export const MAX_LIMIT = 200

/** The cursor that the query parameters of a list state. */
export function toCursor(query: { after?: string; before?: string; limit?: number }): Cursor {
  const { after, before, limit = DEFAULT_LIMIT } = query
  return { ...(after === undefined ? {} : { after }), ...(before === undefined ? {} : { before }), limit }
}
