import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { migrate } from '../../src/db/migrate.ts'
import { openSqlite } from '../../src/db/sqlite/open.ts'

/** The input of a thread that opens stores together with others. */
export interface Opening {
  directory: string
  threads: number
  rounds: number
  /** One counter per round, shared by all threads. A round starts when all threads have reached it. */
  arrivals: Int32Array
}

const { directory, threads, rounds, arrivals } = workerData as Opening
const failures: string[] = []
for (let round = 0; round < rounds; round++) {
  Atomics.add(arrivals, round, 1)
  while (Atomics.load(arrivals, round) < threads);
  try {
    const db = openSqlite(join(directory, String(round), 'handset.db'))
    await migrate(db, Date.now)
    await db.close()
  } catch (error) {
    failures.push(String(error))
  }
}
parentPort?.postMessage(failures)
