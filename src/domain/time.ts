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

/** A time as stores compare it: RFC 3339 in UTC, to the millisecond. */
export function toExactTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

/**
 * The time this many seconds after `now`, to the millisecond, so that a token is valid for exactly as long as
 * requested.
 */
export function timeIn(now: number, seconds: number): string {
  return toExactTime(now + seconds * 1000)
}

/** A time as the API shows it: without its milliseconds. */
export function toSecond(time: string): string {
  return `${time.slice(0, 19)}Z`
}
