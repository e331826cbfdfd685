/** How long a worker may hold the turn to write, in milliseconds, before the next worker gets it. */
const LONGEST_TURN = 1_000

/** A turn to write. */
export interface Turn {
  /** Resolves when the turn begins. */
  begins: Promise<undefined>
  /** Ends the turn, held or awaited. */
  end(): void
}

/** Returns a function that requests a turn. Turns follow each other in the order in which they are requested. */
export function createTurns(): () => Turn {
  let free: Promise<undefined> = Promise.resolve(undefined)
  return () => {
    const { promise: isOver, resolve } = Promise.withResolvers<undefined>()
    const end = () => resolve(undefined)
    const begins = free
    free = begins.then(() => {
      const timer = setTimeout(end, LONGEST_TURN)
      return isOver.finally(() => clearTimeout(timer))
    })
    return { begins, end }
  }
}
