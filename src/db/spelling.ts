/** Translates one of the portable calls of `Queries`, whose arguments are already translated. */
export type CallSpelling = (...callArguments: string[]) => string

/** An engine's form of each portable call. */
export interface Spelling {
  JSON_OBJECT: CallSpelling
  JSON_LIST: CallSpelling
  JSON_OBJECTS: CallSpelling
  JSON_VALUE: CallSpelling
  JSON_EACH: CallSpelling
  JSON_ITEMS: CallSpelling
  COMMIT_ORDER: CallSpelling
}

const CALL = /\b(JSON_OBJECT|JSON_LIST|JSON_OBJECTS|JSON_VALUE|JSON_EACH|JSON_ITEMS|COMMIT_ORDER)\(/

/**
 * Replaces the portable calls in SQL with an engine's own, inner calls first. Arguments are separated by commas outside
 * of nested parentheses and strings.
 */
export function spellCalls(sql: string, spelling: Spelling): string {
  const found = CALL.exec(sql)
  if (found === null) return sql
  const start = found.index + found[0].length
  const { parts, end } = splitArguments(sql, start)
  const call = spelling[found[1] as keyof Spelling]
  const spelled = call(...parts.map((part) => spellCalls(part.trim(), spelling)))
  return sql.slice(0, found.index) + spelled + spellCalls(sql.slice(end + 1), spelling)
}

/** Splits the arguments of a call, from after its opening parenthesis, and finds its closing one. */
function splitArguments(sql: string, start: number): { parts: string[]; end: number } {
  const parts: string[] = []
  let depth = 0
  let isQuoted = false
  let from = start
  for (let place = start; place < sql.length; place++) {
    const character = sql[place]
    if (character === "'") isQuoted = !isQuoted
    if (isQuoted) continue
    if (character === '(') depth += 1
    if (character === ',' && depth === 0) {
      parts.push(sql.slice(from, place))
      from = place + 1
    }
    if (character === ')' && depth-- === 0) return { parts: [...parts, sql.slice(from, place)], end: place }
  }
  throw new Error(`A call is not closed: ${sql.slice(start)}`)
}
