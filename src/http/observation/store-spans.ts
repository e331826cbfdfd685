import { type Attributes, type Context, context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Database, Queries } from '../../db/port.ts'
import type { Awaitable } from '../../domain/awaitable.ts'
import { TRACER } from './tracing.ts'

/**
 * Wraps a store so that each call within a recorded request has a span, with OpenTelemetry's attributes for databases: the
 * kind of the statement and its table, never its text or values. Exports read a snapshot, which has no spans.
 */
export function traceStore(db: Database): Database {
  const tracer = trace.getTracer(TRACER)
  const system = { 'db.system.name': db.engine === 'postgres' ? 'postgresql' : 'sqlite' }

  function traced<T>(parent: Context | undefined, what: Statement, work: () => Awaitable<T>): Awaitable<T> {
    if (parent === undefined) return work()
    const { name, attributes } = what
    const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes: { ...system, ...attributes } }, parent)
    return endAfter(span, work)
  }

  function queriesOf({ all, get, run, insert }: Queries, parent: () => Context | undefined): Queries {
    return {
      all: (sql, parameters) => traced(parent(), describe(sql), () => all(sql, parameters)),
      get: (sql, parameters) => traced(parent(), describe(sql), () => get(sql, parameters)),
      run: (sql, parameters) => traced(parent(), describe(sql), () => run(sql, parameters)),
      insert: (table, ...rest) => traced(parent(), statement('INSERT', table), () => insert(table, ...rest)),
    }
  }

  return {
    ...db,
    ...queriesOf(db, recordedContext),
    async transaction(work, options) {
      const parent = recordedContext()
      if (parent === undefined) return db.transaction(work, options)
      const span = tracer.startSpan('transaction', { kind: SpanKind.CLIENT, attributes: system }, parent)
      const inside = trace.setSpan(parent, span)
      return endAfter(span, () => db.transaction((tx) => work(queriesOf(tx, () => inside)), options))
    },
  }
}

/** The current context, if its span is recorded and has not ended. */
function recordedContext(): Context | undefined {
  return trace.getActiveSpan()?.isRecording() ? context.active() : undefined
}

function endAfter<T>(span: Span, work: () => Awaitable<T>): Awaitable<T> {
  function fail(error: unknown): never {
    // Without its message: that of a database may quote values.
    span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
    throw error
  }
  function end(result: T): T {
    span.end()
    return result
  }
  try {
    const result = work()
    return result instanceof Promise ? result.then(end, fail) : end(result)
  } catch (error) {
    return fail(error)
  }
}

interface Statement {
  name: string
  attributes: Attributes
}

const statements = new Map<string, Statement>()

function describe(sql: string): Statement {
  const found = statements.get(sql)
  if (found !== undefined) return found
  const [kind = ''] = /\w+/.exec(sql) ?? []
  let text = sql
  for (let inner = ''; inner !== text; text = text.replaceAll(/\([^()]*\)/g, '')) inner = text
  const [, table] = /\b(?:FROM|INTO|UPDATE)\s+(\w+)/i.exec(text) ?? []
  const made = statement(kind.toUpperCase(), table)
  statements.set(sql, made)
  return made
}

function statement(kind: string, table: string | undefined): Statement {
  if (table === undefined) return { name: kind, attributes: { 'db.operation.name': kind } }
  return { name: `${kind} ${table}`, attributes: { 'db.operation.name': kind, 'db.collection.name': table } }
}
