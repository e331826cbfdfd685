import { readFileSync } from 'node:fs'

/** A group of codes that samloader's list repeats, and the names it stands for. */
interface Group {
  codes: readonly string[]
  /** Names with the endings of the TACs that they apply to; no endings for all TACs. */
  names: { endings: readonly string[]; name: string }[]
}

const GROUPS = readGroups(readFileSync(new URL('samloader-groups.csv', import.meta.url), 'utf8'))

/** The rows of our own table, whose cells contain no commas. */
function readGroups(text: string): Group[] {
  const groups = new Map<string, Group>()
  for (const row of text.split('\n').slice(0, -1)) {
    const [codes = '', endings = '', name = ''] = row.split(',')
    if (row.startsWith('#') || codes === 'codes') continue
    const group: Group = groups.get(codes) ?? { codes: codes.split(' '), names: [] }
    if (name !== '') group.names.push({ endings: endings === '' ? [] : endings.split('|'), name })
    groups.set(codes, group)
  }
  return [...groups.values()]
}

/**
 * Resolves the group that the codes of a TAC contain. `others` are the codes besides the group. Somebody who saw the
 * phone added them, so they decide. If there are none, `name` decides: the phone that the group stands for, or null if
 * the group stands for several. Returns undefined if the codes contain no group.
 */
export function resolveGroup(
  tac: string,
  codes: readonly string[],
): { others: readonly string[]; name: string | null } | undefined {
  const group = GROUPS.find((each) => each.codes.every((code) => codes.includes(code)))
  if (group === undefined) return undefined
  const found = group.names.find(({ endings }) => endings.length === 0 || endings.includes(endingOf(tac)))
  return { others: codes.filter((code) => !group.codes.includes(code)), name: found?.name ?? null }
}

function endingOf(tac: string): string {
  return tac.startsWith('35') ? tac.slice(-2) : ''
}
