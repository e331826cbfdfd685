import { DatabaseSync } from 'node:sqlite'
import postgres from 'postgres'
import { imeiOf } from './load.ts'

/** What a driver is to do without any server: statements as Handset runs them, so that the comparison is with the store itself. */
export type Job =
  | { kind: 'inserts'; file: string; statement: string; project: string; next: number; idStart: string }
  | { kind: 'reads'; url: string; statement: string; project: string; among: number; idStart: string }

interface Run {
  milliseconds: number
}

/** The number of operations in hand at one time; for inserts, those that share one fsync. */
const CONCURRENCY = 32

/** Connections of the pool: as many as Handset's. */
const POOL_SIZE = 10

function idOf(start: string, number: number): string {
  return start + String(number).padStart(14, '0')
}

function createInserts({ file, statement, project, next, idStart }: Job & { kind: 'inserts' }) {
  const connection = new DatabaseSync(file, { timeout: 5_000 })
  connection.exec('PRAGMA synchronous = FULL')
  connection.exec('PRAGMA foreign_keys = ON')
  const insert = connection.prepare(statement.replaceAll('$', '?'))
  let number = next
  return async ({ milliseconds }: Run): Promise<number> => {
    let done = 0
    for (const end = performance.now() + milliseconds; performance.now() < end; done += CONCURRENCY) {
      connection.exec('BEGIN IMMEDIATE')
      for (let place = 0; place < CONCURRENCY; place++, number++) {
        const imei = imeiOf(number)
        insert.run(project, idOf(idStart, number), imei, imei.slice(0, 8), null, null, '{}', '2026-01-01T00:00:00Z')
      }
      connection.exec('COMMIT')
    }
    return done
  }
}

function createReads({ url, statement, project, among, idStart }: Job & { kind: 'reads' }) {
  const sql = postgres(url, { max: POOL_SIZE, fetch_types: false, onnotice: () => {} })
  return async ({ milliseconds }: Run): Promise<number> => {
    let done = 0
    const end = performance.now() + milliseconds
    async function readOn(): Promise<void> {
      while (performance.now() < end) {
        const id = idOf(idStart, Math.floor(Math.random() * among))
        await sql.unsafe(statement, [project, id, null], { prepare: true })
        done += 1
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, readOn))
    return done
  }
}

const job = JSON.parse(process.argv[2] ?? '') as Job
const work = job.kind === 'inserts' ? createInserts(job) : createReads(job)
process.on('message', async (run: Run) => {
  const before = process.cpuUsage()
  const start = performance.now()
  const requests = await work(run)
  const { user, system } = process.cpuUsage(before)
  process.send?.({ requests, seconds: (performance.now() - start) / 1000, cpu: user + system })
})
process.send?.('ready')
