/** Counts how much of a limited resource each key holds. */
export interface Shares {
  /** Adds one to the count of a key. Returns false, and adds nothing, if the key has reached its limit. */
  take(key: string): boolean
  release(key: string): void
  /** The count of each key. Keys that hold nothing are absent. */
  readonly held: ReadonlyMap<string, number>
}

export function createShares(most: number): Shares {
  const held = new Map<string, number>()
  return {
    held,
    take(key) {
      const count = held.get(key) ?? 0
      if (count >= most) return false
      held.set(key, count + 1)
      return true
    },
    release(key) {
      const count = held.get(key) as number
      if (count > 1) held.set(key, count - 1)
      else held.delete(key)
    },
  }
}
