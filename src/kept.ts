/** What was found out of a store, as long as the store stays as it was and there is room. */
export interface Kept<Found> {
  find(version: number, key: string): Found | undefined
  /** Says at which version of the store something will be found out. */
  enter(version: number): void
  /** Whether there was something, at the version that was last asked for. */
  holds(key: string): boolean
  /** Keeps what was found after the store had been at the version entered; `size` counts towards the room. */
  keep(version: number, key: string, found: Found, size: number): void
}

/**
 * Keeps what was found out of a store, up to so much. A new version of the store (see `Database.version`) empties it.
 *
 * What was asked for lately stays: half of the room takes what is new and what is asked for again; when that is full,
 * it becomes the other half, and what was there and not asked for since goes.
 */
export function createKept<Found>(room: number): Kept<Found> {
  let lately = new Map<string, { found: Found; size: number }>()
  let before = new Map<string, { found: Found; size: number }>()
  let taken = 0
  let current = Number.NaN

  function enter(version: number): void {
    if (version === current) return
    current = version
    taken = 0
    if (lately.size > 0) lately = new Map()
    if (before.size > 0) before = new Map()
  }

  function put(key: string, entry: { found: Found; size: number }): void {
    if (taken + entry.size > room / 2) {
      before = lately
      lately = new Map()
      taken = 0
    }
    taken += entry.size
    lately.set(key, entry)
  }

  return {
    find(version, key) {
      enter(version)
      const entry = lately.get(key)
      if (entry !== undefined) return entry.found
      const earlier = before.get(key)
      if (earlier === undefined) return undefined
      before.delete(key)
      put(key, earlier)
      return earlier.found
    },
    enter,
    holds: (key) => lately.has(key) || before.has(key),
    keep(version, key, found, size) {
      // What was found while the store went on may be older than what it holds now.
      if (version !== current || size > room / 2 || lately.has(key)) return
      put(key, { found, size })
    },
  }
}
