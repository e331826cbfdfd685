import { pino } from 'pino'
import { buildApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { insertStatements } from '../../src/db/insert.ts'
import type { Database, Parameter, Queries } from '../../src/db/port.ts'
import { createIdSource, timeOfId } from '../../src/domain/id.ts'
import { type Ask, fillIn } from '../load.ts'
import type { Asks } from '../operations.ts'
import { KINDS, type Kind, kindOf, type Plan, type PlannedStatement, type Plans, type Slot, valuesOf } from './plan.ts'

interface Recorded {
  method: PlannedStatement['method']
  sql: string
  parameters: readonly Parameter[]
}

/** Headers that Node adds itself, or whose value depends on the response. */
const NOT_REPEATED = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length'])

/** The statements that authenticate a caller. */
const AUTHENTICATION = /FROM (projects|api_keys)\b/

/** The statements that order events after commits, beside requests, on a store whose commits are not in turn. */
const ORDERING =
  /\bleases\b|\bunordered_events (u )?WHERE\b|^INSERT INTO events\b|MAX\(position\)|\bwebhook_endpoints\b/

/** The statement that writes an event with its position, which follows from the events before it. */
const NEW_EVENT = /^INSERT INTO events\b/

const ID = /^[a-z]{3}_[0-9A-Za-z]{22,28}$/

/**
 * Records the statements that Handset runs for one request of each kind. A statement that repeats with the same
 * parameters counts once. `spell` translates portable SQL into the engine's own.
 */
export async function recordPlans(
  db: Database,
  spell: (sql: string) => string,
  asks: Readonly<Record<Kind, { ask: Ask; number: number }>>,
): Promise<Plans> {
  let recorded: Recorded[] = []
  let isChange = false
  const record = (queries: Queries, note: (...statements: Recorded[]) => void): Queries => ({
    ...queries,
    all(sql, parameters = []) {
      note({ method: 'all', sql, parameters })
      return queries.all(sql, parameters)
    },
    get(sql, parameters = []) {
      note({ method: 'get', sql, parameters })
      return queries.get(sql, parameters)
    },
    run(sql, parameters = []) {
      note({ method: 'run', sql, parameters })
      return queries.run(sql, parameters)
    },
    insert(table, columns, rows, onConflict = '') {
      const all = [...rows]
      // SQLite inserts each row with a statement of its own.
      const parts = db.engine === 'sqlite' ? all.map((row) => [row]) : [all]
      const statements = parts.flatMap((part) => insertStatements(table, columns, part, onConflict))
      note(...statements.map((statement) => ({ method: 'run' as const, ...statement })))
      return queries.insert(table, columns, all, onConflict)
    },
  })
  const recording: Database = {
    ...db,
    ...record(db, (...statements) => recorded.push(...statements)),
    async transaction(work, options) {
      isChange = true
      let own: Recorded[] = []
      const result = await db.transaction((tx) => {
        // PostgreSQL runs a transaction again that conflicts with another; only the last attempt counts.
        own = []
        return work(record(tx, (...statements) => own.push(...statements)))
      }, options)
      recorded.push(...own)
      return result
    },
  }
  const logger = pino({ level: 'silent' })
  const settings = loadConfig({ HANDSET_RATE_LIMIT: '1000000000' }).http
  const app = await buildApp({ db: recording, clock: Date.now, newId: createIdSource(Date.now), logger, settings })

  const url = await app.listen({ host: '127.0.0.1', port: 0 })

  async function planOf({ ask, number }: { ask: Ask; number: number }): Promise<Plan> {
    const { method, headers = {} } = ask
    const path = fillIn(ask.path, number)
    const body = fillIn(ask.body ?? '', number)
    recorded = []
    isChange = false
    const started = Date.now()
    const response = await fetch(url + path, {
      method,
      headers: { ...headers, ...(body === '' ? {} : { 'content-type': 'application/json' }) },
      ...(body === '' ? {} : { body }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} returned ${text}`)
    const values = valuesOf(path, body)
    const slotOf = (parameter: Parameter, sql: string): Slot => {
      if (typeof parameter === 'number' && NEW_EVENT.test(sql)) return { newPosition: true }
      const name = (Object.keys(values) as (keyof typeof values)[]).find(
        (key) => values[key] === parameter && parameter !== '',
      )
      if (name !== undefined) return { value: name }
      const isNew = typeof parameter === 'string' && ID.test(parameter) && timeOfId(parameter) >= started
      return isNew ? { newId: parameter.slice(0, 3) } : { constant: parameter }
    }
    const isOfRequest = ({ sql }: Recorded) => !AUTHENTICATION.test(sql) && (db.commitsInTurn || !ORDERING.test(sql))
    const statements = withoutRepeats(recorded.filter(isOfRequest)).map((statement) => ({
      method: statement.method,
      sql: spell(statement.sql),
      slots: statement.parameters.map((parameter) => slotOf(parameter, statement.sql)),
    }))
    const kept = [...response.headers].filter(([name]) => !NOT_REPEATED.has(name))
    return {
      isChange,
      statements,
      sample: { status: response.status, headers: Object.fromEntries(kept), body: '' },
    }
  }

  try {
    const plans: [Kind, Plan][] = []
    for (const kind of KINDS) plans.push([kind, await planOf(asks[kind])])
    return Object.fromEntries(plans) as Record<Kind, Plan>
  } finally {
    await app.close()
  }
}

/** The requests that plans are recorded from, each with a device that exists, or for `create` one that does not. */
export function asksToRecord(asks: Asks, fresh: number): Record<Kind, { ask: Ask; number: number }> {
  const found = new Map<Kind, { ask: Ask; number: number }>()
  for (const ask of Object.values(asks).flatMap((of) => of ?? [])) {
    const kind = kindOf(ask.method, ask.path)
    const isConditional = ask.headers?.['if-none-match'] !== undefined
    if (isConditional || found.has(kind)) continue
    // A device other than the one in the sample responses, which a cache may hold.
    found.set(kind, { ask, number: ask.among === undefined ? fresh : (ask.from ?? 0) + ask.among - 1 })
  }
  return Object.fromEntries(found) as Record<Kind, { ask: Ask; number: number }>
}

function withoutRepeats(statements: readonly Recorded[]): Recorded[] {
  const seen = new Set<string>()
  return statements.filter(({ sql, parameters }) => {
    const key = JSON.stringify([sql, parameters])
    return !seen.has(key) && seen.add(key)
  })
}
