import postgres from 'postgres'
import { createContext } from '../src/context.ts'
import type { Database, Parameter, Queries } from '../src/db/port.ts'
import { tacOf, toImei } from '../src/domain/imei.ts'
import { createDevice } from '../src/resources/devices/devices.ts'
import { requireProject } from '../src/resources/projects/projects.ts'

/** The statement that Handset runs to create a device, and its parameters. */
export interface Insert {
  sql: string
  parameters: Parameter[]
  /** The positions of the device's id, IMEI and TAC among the parameters. */
  places: { id: number; imei: number; tac: number }
}

/** Creates a device with this IMEI, and returns the statement that created it. */
export async function insertOfDevice(db: Database, projectId: string, imei: string): Promise<Insert> {
  const recorded: { sql: string; parameters: readonly Parameter[] }[] = []
  const record = (tx: Queries): Queries => ({
    ...tx,
    run(sql, parameters = []) {
      recorded.push({ sql, parameters })
      return tx.run(sql, parameters)
    },
  })
  const recording = { ...db, transaction: <T>(work: (tx: Queries) => T) => db.transaction((tx) => work(record(tx))) }
  const context = createContext(recording as Database, Date.now)
  const project = await requireProject(context, projectId)
  const json = await createDevice(context, { project, tokenId: '', userId: null }, { imei, name: `Phone ${imei}` })
  const [insert] = recorded
  if (insert === undefined) throw new Error('Creating a device ran no statement')
  const { id } = JSON.parse(json) as { id: string }
  const [first, second, third] = [id, imei, tacOf(toImei(imei))].map((value) => insert.parameters.indexOf(value))
  return {
    sql: insert.sql,
    parameters: [...insert.parameters],
    places: { id: first as number, imei: second as number, tac: third as number },
  }
}

/** The last statement that Handset has run among those that match (`LIKE`), as PostgreSQL recorded it. */
export async function lastStatement(url: string, like: string): Promise<string> {
  const sql = postgres(url, { max: 1, fetch_types: false })
  const [row] = await sql`SELECT query FROM pg_stat_activity
    WHERE application_name = 'handset' AND query LIKE ${like} ORDER BY query_start DESC LIMIT 1`
  await sql.end()
  if (row === undefined) throw new Error(`Handset has run no statement like ${like}`)
  return row.query as string
}
