/**
 * The Unix milliseconds of a valid RFC 3339 time. A leap second counts as the second before it.
 */
export function toMilliseconds(time: string): number {
  return Date.parse(
    time
      .toUpperCase()
      .replace(' ', 'T')
      .replace(/:60(?=[.Z+-])/, ':59'),
  )
}

/** A time as it appears in responses: RFC 3339 in UTC, to the second. */
export function toTimestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
}
