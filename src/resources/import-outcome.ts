import { contextWithin, type Registry } from '../context.ts'
import type { Queries } from '../db/port.ts'
import { ApiError, invalid, type Problem } from '../errors.ts'

/** What became of one row of an import. */
export type ImportOutcome =
  | { status: 'created' | 'updated' | 'unchanged'; id: string }
  | { status: 'rejected'; error: ApiError }

export interface ImportRules {
  /** Whether a row that differs from what is there changes it, as a PATCH would, rather than being rejected. */
  update: boolean
}

/** The outcome of a row that an error refuses. Throws what is no refusal: the whole batch fails of it. */
export function rejected(error: unknown): ImportOutcome {
  if (error instanceof ApiError && (error.type === 'invalid' || error.type === 'notFound')) {
    return { status: 'rejected', error }
  }
  throw error
}

/** Which of the given properties differ from what is there; of metadata, only the given keys are compared. */
export function differingProperties(given: object, present: Record<string, unknown>): string[] {
  return Object.entries(given).flatMap(([property, value]) => {
    if (value === undefined || !(property in present)) return []
    const there = present[property]
    const isSame =
      property === 'metadata'
        ? Object.entries(value as object).every(([key, text]) => ownValue(there as object, key) === text)
        : JSON.stringify(value) === JSON.stringify(there)
    return isSame ? [] : [property]
  })
}

/** A property of the object itself: `__proto__` is an ordinary key of metadata. */
function ownValue(object: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value
}

/** How rows of one kind are taken one by one, by the verbs that the API's own operations have. */
export interface RowVerbs<Row extends object> {
  /** Creates it; gives its JSON. Throws `invalid` with this code alone where it is there already. */
  create(registry: Registry, row: Row): Promise<string>
  codeOfPresent: Problem['code']
  /** The one that is there, as JSON. */
  find(tx: Queries, row: Row): Promise<string | undefined>
  /** What of a row may change what is there. */
  changeable(row: Row): object
  /** What of a row must be as it is there, beside what names it. */
  fixed(row: Row): object
  update(registry: Registry, id: string, changes: object): Promise<string>
}

/** Takes rows in one transaction, each seeing those before it; gives an outcome for each. */
export async function importOneByOne<Row extends object>(
  registry: Registry,
  tx: Queries,
  rows: readonly Row[],
  verbs: RowVerbs<Row>,
  { update }: ImportRules,
): Promise<ImportOutcome[]> {
  const within = contextWithin(tx, registry)
  const outcomes: ImportOutcome[] = []
  for (const row of rows) outcomes.push(await takeRow(row).catch(rejected))
  return outcomes

  async function takeRow(row: Row): Promise<ImportOutcome> {
    try {
      return { status: 'created', id: JSON.parse(await verbs.create(within, row)).id }
    } catch (error) {
      const isPresent = error instanceof ApiError && error.problems[0]?.code === verbs.codeOfPresent
      const json = isPresent ? await verbs.find(tx, row) : undefined
      if (json === undefined) throw error
      return change(row, JSON.parse(json), (error as ApiError).problems[0] as Problem)
    }
  }

  async function change(row: Row, present: { id: string }, taken: Problem): Promise<ImportOutcome> {
    const { id } = present
    const fixed = differingProperties(verbs.fixed(row), { ...present })
    const differing = [...fixed, ...differingProperties(verbs.changeable(row), { ...present })]
    if (differing.length === 0) return { status: 'unchanged', id }
    if (!update || fixed.length > 0) {
      const told =
        fixed.length > 0 ? `, and its ${fixed.join(', ')} cannot change` : ` with other ${differing.join(', ')}`
      throw invalid([{ ...taken, message: `${taken.message}${told}` }])
    }
    await verbs.update(within, id, verbs.changeable(row))
    return { status: 'updated', id }
  }
}
