/** An operation of a history: it took effect at one moment between its start and its end, if at all. */
export interface Interval {
  /** Places in one order of all starts and ends. */
  start: number
  end: number
}

/**
 * A sequential specification: the states in which an operation can leave the store, given the response that its client
 * got. None means that the response is impossible in this state; several, that the response is unknown.
 */
export type Specification<State, Operation> = (state: State, operation: Operation) => readonly State[]

export type Verdict<State, Operation> =
  | { isLinearizable: true }
  | {
      isLinearizable: false
      /** How many operations the longest possible order has. */
      explained: number
      /** The state after them. */
      state: State
      /** The operations of which one would have to be next. */
      candidates: readonly Operation[]
    }

/**
 * Searches for an order of all operations that their intervals allow and that the specification explains (Wing and Gong,
 * Testing and Verifying Concurrent Objects, 1993). Remembers where it has been, by the operations that are done and the
 * state (Lowe, Testing for Linearizability, 2017). States must be JSON values.
 */
export function checkHistory<State, Operation extends Interval>(
  initial: State,
  history: readonly Operation[],
  specification: Specification<State, Operation>,
): Verdict<State, Operation> {
  const operations = history.toSorted((a, b) => a.start - b.start)
  const isDone = operations.map(() => false)
  const visited = new Set<string>()
  let furthest = { explained: -1, state: initial, candidates: operations }

  /** Whether the operations that are not done can follow; all before the place `from` are. */
  function explore(from: number, explained: number, state: State): boolean {
    while (isDone[from]) from += 1
    if (from === operations.length) return true
    const position = `${from} ${placesDoneFrom(from)} ${JSON.stringify(state)}`
    if (visited.has(position)) return false
    visited.add(position)
    const candidates = candidatesFrom(from)
    if (explained > furthest.explained) {
      furthest = { explained, state, candidates: candidates.map((place) => operations[place] as Operation) }
    }
    return candidates.some((place) => {
      isDone[place] = true
      const nextStates = specification(state, operations[place] as Operation)
      if (nextStates.some((next) => explore(from, explained + 1, next))) return true
      isDone[place] = false
      return false
    })
  }

  /** The operations that may be next: those that started before any other that is not done had ended. */
  function candidatesFrom(from: number): number[] {
    const places: number[] = []
    let earliestEnd = Number.POSITIVE_INFINITY
    for (let place = from; place < operations.length; place++) {
      const { start, end } = operations[place] as Operation
      if (start > earliestEnd) break
      if (isDone[place]) continue
      places.push(place)
      earliestEnd = Math.min(earliestEnd, end)
    }
    return places
  }

  /** The operations at or after `from` that are done. None after the last that overlaps the first is done. */
  function placesDoneFrom(from: number): string {
    const places: number[] = []
    const { end } = operations[from] as Operation
    for (let place = from; place < operations.length; place++) {
      if ((operations[place] as Operation).start > end) break
      if (isDone[place]) places.push(place)
    }
    return places.join()
  }

  return explore(0, 0, initial) ? { isLinearizable: true } : { isLinearizable: false, ...furthest }
}
