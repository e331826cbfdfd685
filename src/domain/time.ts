/**
 * The Unix milliseconds of an RFC 3339 time that the schema's `date-time` has found well formed. A leap second is the
 * second before it.
 */
export function toMilliseconds(time: string): number {
  return Date.parse(
    time
      .toUpperCase()
      .replace(' ', 'T')
      .replace(/:60(?=[.Z+-])/, ':59'),
  )
}

/** A time as answers hold it: RFC 3339 in UTC, to the second. */
export function toTimestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
}
