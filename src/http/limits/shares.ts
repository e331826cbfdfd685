/** What each of many keys holds of something scarce. */
export interface Shares {
  /** Adds one to what a key holds. Returns false, and adds nothing, if the key already holds the most that it may. */
  take(key: string): boolean
  release(key: string): void
  /** The number that each key holds; keys that hold nothing are absent. */
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
