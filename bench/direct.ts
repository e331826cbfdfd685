import { DatabaseSync } from 'node:sqlite'
import postgres from 'postgres'
import type { Parameter } from '../src/db/port.ts'
import { fillIn, imeiOf, tacOf } from './load.ts'
import type { Insert } from './statements.ts'

/**
 * What a driver does without a server. It runs the statements that Handset runs, so that the store itself is compared.
 */
export type Job =
  | { kind: 'sqlite inserts'; file: string; insert: Insert; next: number }
  | { kind: 'postgres reads'; url: string; sql: string; parameters: readonly Parameter[]; among: number }
  | { kind: 'postgres creates'; url: string; insert: Insert; find: string; next: number }

type JobOf<Kind> = Job & { kind: Kind }

interface Run {
  milliseconds: number
}

/** Works until a point in time, and returns the number of operations. */
type Work = (end: number) => number | Promise<number>

/** The number of concurrent operations. For inserts into SQLite, those that share one fsync. */
const CONCURRENCY = 32

/** The connections of the pool, as many as Handset has. */
const POOL_SIZE = 10

/** The parameters of successive inserts of new devices. */
function createRows({ parameters, places }: Insert, next: number): () => Parameter[] {
  const idStart = String(parameters[places.id]).slice(0, -14)
  let number = next
  return () => {
    const row = [...parameters]
    row[places.id] = idStart + String(number).padStart(14, '0')
    row[places.imei] = imeiOf(number)
    row[places.tac] = String(tacOf(number))
    number += 1
    return row
  }
}

function createInserts({ file, insert, next }: JobOf<'sqlite inserts'>): Work {
  const connection = new DatabaseSync(file, { timeout: 5_000 })
  connection.exec('PRAGMA synchronous = FULL')
  const statement = connection.prepare(insert.sql.replaceAll('$', '?'))
  const row = createRows(insert, next)
  return (end) => {
    let done = 0
    for (; performance.now() < end; done += CONCURRENCY) {
      connection.exec('BEGIN IMMEDIATE')
      for (let place = 0; place < CONCURRENCY; place++) statement.run(...row())
      connection.exec('COMMIT')
    }
    return done
  }
}

function openPool(url: string): postgres.Sql {
  return postgres(url, { max: POOL_SIZE, fetch_types: false, onnotice: () => {} })
}

/** Runs many operations concurrently, each worker one after another. */
function atOnce(one: () => Promise<unknown>): Work {
  return async (end) => {
    let done = 0
    async function goOn(): Promise<void> {
      for (; performance.now() < end; done++) await one()
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, goOn))
    return done
  }
}

function createReads({ url, sql, parameters, among }: JobOf<'postgres reads'>): Work {
  const pool = openPool(url)
  return atOnce(() => {
    const number = Math.floor(Math.random() * among)
    const filled = parameters.map((value) => (typeof value === 'string' ? fillIn(value, number) : value))
    return pool.unsafe(sql, filled, { prepare: true })
  })
}

function createCreates({ url, insert, find, next }: JobOf<'postgres creates'>): Work {
  const pool = openPool(url)
  const nextRow = createRows(insert, next)
  return atOnce(() =>
    pool.begin('ISOLATION LEVEL REPEATABLE READ', async (tx) => {
      const row = nextRow()
      await tx.unsafe(insert.sql, row, { prepare: true })
      // The project's id is the first parameter of every statement.
      await tx.unsafe(find, [row[0] as string, row[insert.places.id] as string, null], { prepare: true })
    }),
  )
}

function workOf(job: Job): Work {
  switch (job.kind) {
    case 'sqlite inserts':
      return createInserts(job)
    case 'postgres reads':
      return createReads(job)
    case 'postgres creates':
      return createCreates(job)
  }
}

const work = workOf(JSON.parse(process.argv[2] ?? '') as Job)
process.on('message', async ({ milliseconds }: Run) => {
  const before = process.cpuUsage()
  const start = performance.now()
  const requests = await work(start + milliseconds)
  const { user, system } = process.cpuUsage(before)
  process.send?.({ requests, seconds: (performance.now() - start) / 1000, cpu: user + system })
})
process.send?.('ready')
