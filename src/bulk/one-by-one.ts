import type { Context } from '../context.ts'
import type { Queries } from '../db/port.ts'
import type { Awaitable } from '../domain/awaitable.ts'
import { ApiError, invalid, type Problem } from '../errors.ts'
import { differingProperties, type ImportOutcome, type ImportRules, rejected } from './outcome.ts'

/** The verbs that import rows of one kind, one at a time. They are those of the API's operations. */
export interface RowVerbs<Row extends object> {
  /** Creates the object and returns its JSON. If it exists, throws `invalid` with `existsCode` as the only code. */
  create(context: Context, row: Row): Promise<string>
  existsCode: Problem['code']
  /** The stored object that the row identifies, as JSON. */
  find(tx: Queries, row: Row): Awaitable<string | undefined>
  /** The properties of a row that can change a stored object. */
  changeable(row: Row): object
  /** The properties of a row that must equal those of the stored object, besides its identity. */
  fixed(row: Row): object
  update(context: Context, id: string, changes: object): Promise<string>
}

/** Imports rows in the transaction of the context. Each row sees those before it. Returns an outcome for each. */
export async function importOneByOne<Row extends object>(
  context: Context,
  tx: Queries,
  rows: readonly Row[],
  verbs: RowVerbs<Row>,
  { update }: ImportRules,
): Promise<ImportOutcome[]> {
  const outcomes: ImportOutcome[] = []
  for (const row of rows) outcomes.push(await importRow(row).catch(rejected))
  return outcomes

  async function importRow(row: Row): Promise<ImportOutcome> {
    try {
      return { status: 'created', id: JSON.parse(await verbs.create(context, row)).id }
    } catch (error) {
      const exists = error instanceof ApiError && error.problems[0]?.code === verbs.existsCode
      const json = exists ? await verbs.find(tx, row) : undefined
      if (json === undefined) throw error
      return change(row, JSON.parse(json), (error as ApiError).problems[0] as Problem)
    }
  }

  async function change(row: Row, stored: { id: string }, exists: Problem): Promise<ImportOutcome> {
    const { id } = stored
    const fixed = differingProperties(verbs.fixed(row), { ...stored })
    const differing = [...fixed, ...differingProperties(verbs.changeable(row), { ...stored })]
    if (differing.length === 0) return { status: 'unchanged', id }
    if (!update || fixed.length > 0) {
      const difference =
        fixed.length > 0 ? `, and its ${fixed.join(', ')} cannot change` : `, with a different ${differing.join(', ')}`
      throw invalid([{ ...exists, message: `${exists.message}${difference}` }])
    }
    await verbs.update(context, id, verbs.changeable(row))
    return { status: 'updated', id }
  }
}
