import postgres from 'postgres'
import type { Plans, Row, RunPlan } from './plan.ts'

/** The connections of the pool, as many as Handset has. */
const POOL_SIZE = 10

/** PostgreSQL's JSON as text. */
const TYPES = { json: { to: 114, from: [114], serialize: String, parse: String } }

/** The statements of plans on the driver of PostgreSQL. A change sends all of its statements at once. */
export function openPostgresFloor(url: string, plans: Plans): RunPlan {
  const pool = postgres(url, { max: POOL_SIZE, fetch_types: false, types: TYPES, onnotice: () => {} })
  return async (kind, parameters, done) => {
    const { isChange, statements } = plans[kind]
    const runOn = (sql: Pick<postgres.Sql, 'unsafe'>) =>
      Promise.all(statements.map((statement, place) => sql.unsafe(statement.sql, parameters[place], { prepare: true })))
    const rows = await (isChange ? pool.begin('ISOLATION LEVEL REPEATABLE READ', runOn) : runOn(pool))
    done(rows as unknown as Row[][])
  }
}
