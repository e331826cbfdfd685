import postgres from 'postgres'
import { createRegistry } from '../src/context.ts'
import type { Database, Parameter, Queries } from '../src/db/port.ts'
import { tacOf } from '../src/domain/imei.ts'
import { createDevice } from '../src/resources/devices/devices.ts'
import { requireProject } from '../src/resources/projects/projects.ts'

/** A statement as Handset runs it for a device that it makes, and what it was run with. */
export interface Insert {
  sql: string
  parameters: Parameter[]
  /** Which of the parameters are the device's id, its IMEI and its TAC. */
  places: { id: number; imei: number; tac: number }
}

/** Makes a device with this IMEI, and gives the statement that made it. */
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
  const registry = createRegistry(recording as Database, Date.now)
  const project = await requireProject(registry, projectId)
  const json = await createDevice(registry, { project, tokenId: '', userId: null }, { imei, name: `Phone ${imei}` })
  const [insert] = recorded
  if (insert === undefined) throw new Error('Making a device ran no statement')
  const { id } = JSON.parse(json) as { id: string }
  const [first, second, third] = [id, imei, tacOf(imei)].map((value) => insert.parameters.indexOf(value))
  return {
    sql: insert.sql,
    parameters: [...insert.parameters],
    places: { id: first as number, imei: second as number, tac: third as number },
  }
}

/** The statement that Handset has run last among those like this (`LIKE`), as PostgreSQL saw it. */
export async function lastStatement(url: string, like: string): Promise<string> {
  const sql = postgres(url, { max: 1, fetch_types: false })
  const [row] = await sql`SELECT query FROM pg_stat_activity
    WHERE application_name = 'handset' AND query LIKE ${like} ORDER BY query_start DESC LIMIT 1`
  await sql.end()
  if (row === undefined) throw new Error(`Handset has run no statement like ${like}`)
  return row.query as string
}
