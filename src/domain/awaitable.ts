/** A value or a promise of it. SQLite returns values, PostgreSQL promises; callers can `await` both. */
export type Awaitable<T> = T | Promise<T>

/** Calls `next` with a value: immediately, or when its promise resolves. Synchronous values cost no promise. */
export function andThen<T, Result>(value: Awaitable<T>, next: (value: T) => Awaitable<Result>): Awaitable<Result> {
  return value instanceof Promise ? value.then(next) : next(value)
}
