/**
 * Passes a value on: at once, or when its promise resolves. What stays synchronous costs no promise and no turn of the
 * event loop.
 */
export function andThen<T, Result>(
  value: T | Promise<T>,
  next: (value: T) => Result | Promise<Result>,
): Result | Promise<Result> {
  return value instanceof Promise ? value.then(next) : next(value)
}
