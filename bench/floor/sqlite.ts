import type { Parameter } from '../../src/db/port.ts'
import { connectToStore, STANDARD_MEMORY } from '../../src/db/sqlite/connection.ts'
import type { Kind, Plan, Plans, Row, RunPlan } from './plan.ts'

/**
 * The statements of plans on `node:sqlite`, with Handset's settings of the connection. The requests of one turn of the
 * event loop share a transaction: the reads one, and the changes one that ends with a single fsync.
 */
export function openSqliteFloor(path: string, plans: Plans): RunPlan {
  const connection = connectToStore(path, true, STANDARD_MEMORY)
  const prepared = Object.fromEntries(
    Object.entries(plans).map(([kind, plan]) => [kind, prepare(plan)]),
  ) as unknown as Record<Kind, ReturnType<typeof prepare>>
  const begin = connection.prepare('BEGIN')
  const beginChange = connection.prepare('BEGIN IMMEDIATE')
  const commit = connection.prepare('COMMIT')
  let isReading = false
  let waiting: (() => () => void)[] = []

  function prepare({ statements }: Plan) {
    return statements.map(({ method, sql }) => {
      const statement = connection.prepare(sql)
      if (method === 'run') {
        return (parameters: Parameter[]): Row[] => {
          statement.run(...parameters)
          return []
        }
      }
      const names = statement.columns().map(({ name }) => name)
      statement.setReturnArrays(true)
      const toRow = (values: unknown[]): Row => {
        const row: Record<string, unknown> = {}
        for (let place = 0; place < names.length; place++) row[names[place] as string] = values[place]
        return row
      }
      if (method === 'all') {
        return (parameters: Parameter[]): Row[] => (statement.all(...parameters) as unknown as unknown[][]).map(toRow)
      }
      return (parameters: Parameter[]): Row[] => {
        const values = statement.get(...parameters) as unknown[] | undefined
        return values === undefined ? [] : [toRow(values)]
      }
    })
  }

  function endReading(): void {
    if (isReading) commit.run()
    isReading = false
  }

  function commitChanges(): void {
    const changes = waiting
    waiting = []
    endReading()
    beginChange.run()
    const answers = changes.map((change) => change())
    commit.run()
    for (const answer of answers) answer()
  }

  return (kind, parameters, done) => {
    const work = () => prepared[kind].map((statement, place) => statement(parameters[place] as Parameter[]))
    if (!plans[kind].isChange) {
      if (!isReading) {
        begin.run()
        isReading = true
        setImmediate(endReading)
      }
      done(work())
      return
    }
    if (waiting.length === 0) setImmediate(commitChanges)
    waiting.push(() => {
      const rows = work()
      return () => done(rows)
    })
  }
}
