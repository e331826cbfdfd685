/** The values of path templates such as `/projects/{project}/devices`, found by the path of a request. */
export interface Paths<Value> {
  add(template: string, value: Value): void
  find(path: string): Found<Value> | undefined
}

export interface Found<Value> {
  value: Value
  /** The decoded segments that stand for parameters, by their names. */
  params: Record<string, string>
}

/** A place in the tree of all templates: one level per segment. */
interface Place<Value> {
  /** A list rather than a map: comparing a few texts is faster than hashing the segment of a request. */
  literals: { segment: string; place: Place<Value> }[]
  parameter: Place<Value> | null
  /** The template that ends here. */
  end: Ending<Value> | null
  /** The template that ends here with `*`, which stands for any further segments. */
  rest: Ending<Value> | null
}

interface Ending<Value> {
  value: Value
  names: readonly string[]
}

/**
 * Creates a table of path templates. A literal segment takes precedence over a parameter, which may be empty, and both
 * over `*`. Percent-escapes are decoded (RFC 3986 §2.1); the caller has checked that they are valid.
 */
export function createPaths<Value>(): Paths<Value> {
  const root = createPlace<Value>()
  return {
    add(template, value) {
      const names: string[] = []
      let place = root
      for (const segment of segmentsOf(template)) {
        const name = /^\{(\w+)\}$/.exec(segment)?.[1]
        if (segment === '*') {
          place.rest = { value, names }
          return
        }
        if (name === undefined) place = literalOf(place, segment)
        else {
          names.push(name)
          place.parameter ??= createPlace()
          place = place.parameter
        }
      }
      place.end = { value, names }
    },
    find(path) {
      const segments = segmentsOf(path)
      if (path.includes('%')) for (const [at, segment] of segments.entries()) segments[at] = decodeURIComponent(segment)
      const values: string[] = []
      const ending = endingOf(root, segments, 0, values)
      if (ending === null) return undefined
      const params: Record<string, string> = {}
      for (let at = 0; at < ending.names.length; at++) params[ending.names[at] as string] = values[at] as string
      return { value: ending.value, params }
    },
  }
}

function createPlace<Value>(): Place<Value> {
  return { literals: [], parameter: null, end: null, rest: null }
}

function literalOf<Value>(place: Place<Value>, segment: string): Place<Value> {
  const known = findLiteral(place, segment)
  if (known !== null) return known
  const made = createPlace<Value>()
  place.literals.push({ segment, place: made })
  return made
}

function findLiteral<Value>({ literals }: Place<Value>, segment: string): Place<Value> | null {
  for (const literal of literals) if (literal.segment === segment) return literal.place
  return null
}

function segmentsOf(path: string): string[] {
  const segments = path.split('/')
  segments.shift() // Nothing precedes the first slash.
  return segments
}

/** Finds the template for the segments from a position on, and collects the values of its parameters. */
function endingOf<Value>(
  place: Place<Value>,
  segments: readonly string[],
  position: number,
  values: string[],
): Ending<Value> | null {
  if (position === segments.length) return place.end
  const segment = segments[position] as string
  const literal = findLiteral(place, segment)
  const ofLiteral = literal === null ? null : endingOf(literal, segments, position + 1, values)
  if (ofLiteral !== null) return ofLiteral
  if (place.parameter !== null) {
    const before = values.length
    values.push(segment)
    const ofParameter = endingOf(place.parameter, segments, position + 1, values)
    if (ofParameter !== null) return ofParameter
    values.length = before
  }
  return place.rest
}
