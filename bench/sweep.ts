import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { buildApp } from '../src/app.ts'
import { systemCaller } from '../src/caller.ts'
import { loadHttpSettings } from '../src/config.ts'
import { openSqlite } from '../src/db/sqlite/open.ts'
import { createWebhooks } from '../src/events/webhooks/webhooks.ts'
import { createKey } from '../src/resources/api-keys/api-keys.ts'
import { createProject } from '../src/resources/projects/projects.ts'
import { sweep } from '../src/serve/jobs/sweep.ts'
import { bringUpToDate } from '../src/serve/open.ts'
import { end, nextMessage, startModule } from './processes.ts'
import { endSteadily, type Steady, sendSteadily } from './steady-load.ts'

// node bench/sweep.ts [--events 200000] [--seconds 8] [--rounds 3] [--rate 100] : measures requests at a steady rate to
// a server on SQLite, in turn without and during a sweep of old events. Prints the ratio of the medians of their p99.

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: 'string', default: '200000' },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    rate: { type: 'string', default: '100' },
  },
})

const EVENTS = Number(options.events)
const SECONDS = Number(options.seconds)
const ROUNDS = Number(options.rounds)
const RATE = Number(options.rate)
const PER_TRANSACTION = 1_000
const AGE = 40 * 24 * 60 * 60 * 1000

const [served] = positionals
if (served === undefined) await measure()
else await serve(served)

async function measure(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'handset-sweep-'))
  const { child, first } = await startModule([], fileURLToPath(import.meta.url), [
    directory,
    '--events',
    options.events,
  ])
  try {
    const target = { ...(first as { address: string; key: string }), pid: child.pid as number }
    await sendSteadily(target, RATE, 2)
    const [without, beside]: Steady[][] = [[], []]
    let swept = 0
    for (let round = 0; round < ROUNDS; round++) {
      without?.push(await sendSteadily(target, RATE, SECONDS))
      child.send('sweep')
      beside?.push(await sendSteadily(target, RATE, SECONDS))
      child.send('stop')
      swept += (await nextMessage(child)) as number
    }
    const ratio = Number((medianOf(beside) / medianOf(without)).toFixed(2))
    console.log(JSON.stringify({ swept, without, beside, ratio }))
  } finally {
    endSteadily()
    await end(child)
    await rm(directory, { recursive: true, force: true })
  }
}

/** The median p99, since a pause of the machine in one slice says nothing. */
function medianOf(slices: readonly Steady[] = []): number {
  const sorted = slices.map(({ p99 }) => p99).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** Serves a new store with old events, and sweeps from the message `sweep` to the next. */
async function serve(directory: string): Promise<void> {
  const settings = loadHttpSettings({})
  const db = openSqlite(join(directory, 'handset.db'))
  const old = await bringUpToDate(db, () => Date.now() - AGE, settings)
  const project = await createProject(old, { id: 'demo', type: 'test', locales: undefined })
  const caller = systemCaller(project)
  for (let from = 0; from < EVENTS; from += PER_TRANSACTION) {
    const changes = Array.from({ length: PER_TRANSACTION }, (_, place) => {
      const user = {
        object: 'user',
        id: old.newId('usr', project.tag).id,
        fullName: `Person ${from + place}`,
        metadata: {},
      }
      return { kind: 'user', before: null, after: JSON.stringify(user), old: null, now: user } as const
    })
    await db.transaction((tx) => old.log.record(tx, { caller, newId: old.newId, requestId: null }, changes))
  }
  const context = await bringUpToDate(db, Date.now, settings)
  const { token } = await createKey(context, project, { name: 'bench', role: 'admin' })
  const webhooks = createWebhooks(settings.webhooks)
  const app = await buildApp({
    db,
    clock: Date.now,
    newId: context.newId,
    logger: pino({ level: 'error' }),
    settings,
    webhooks,
  })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  let stopping = new AbortController()
  process.on('message', async (message) => {
    if (message !== 'sweep') return stopping.abort()
    stopping = new AbortController()
    process.send?.(await sweep(context, stopping.signal))
  })
  process.send?.({ address, key: token })
}
