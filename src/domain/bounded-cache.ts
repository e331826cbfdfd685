/** A bounded cache of values read from a store, valid for one version of it (see `Database.version`). */
export interface BoundedCache<Value> {
  get(version: number, key: string): Value | undefined
  /** Adds a value that was read at this version. `size` counts towards the capacity. */
  set(version: number, key: string, value: Value, size: number): void
}

/**
 * Creates a cache of this capacity. A new version of the store empties it.
 *
 * It evicts by generation: new and recently read values fill half of the capacity; when that half is full, it becomes
 * the older half, and the rest of the previous older half is dropped.
 */
export function createBoundedCache<Value>(capacity: number): BoundedCache<Value> {
  let recent = new Map<string, { value: Value; size: number }>()
  let older = new Map<string, { value: Value; size: number }>()
  let recentSize = 0
  let current = Number.NaN

  function enter(version: number): void {
    if (version === current) return
    current = version
    recentSize = 0
    if (recent.size > 0) recent = new Map()
    if (older.size > 0) older = new Map()
  }

  function add(key: string, entry: { value: Value; size: number }): void {
    if (recentSize + entry.size > capacity / 2) {
      older = recent
      recent = new Map()
      recentSize = 0
    }
    recentSize += entry.size
    recent.set(key, entry)
  }

  return {
    get(version, key) {
      enter(version)
      const entry = recent.get(key)
      if (entry !== undefined) return entry.value
      const evictable = older.get(key)
      if (evictable === undefined) return undefined
      older.delete(key)
      add(key, evictable)
      return evictable.value
    },
    set(version, key, value, size) {
      // A value that was read while the store changed may be outdated.
      if (version !== current || size > capacity / 2 || recent.has(key)) return
      add(key, { value, size })
    },
  }
}
