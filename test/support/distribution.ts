import { insertSql } from '../../src/db/insert.ts'
import type { Database, Parameter, Publication, Queries } from '../../src/db/port.ts'
import { isCitus } from './store.ts'

/**
 * Rules that Citus, CockroachDB and YugabyteDB share, checked on PostgreSQL: what an engine that stores each project's
 * rows on a machine of its own cannot do, or can only do by asking every machine.
 */

/** Wraps a store so that the text of every statement is recorded. */
export function recordStatements(db: Database): { db: Database; statements: Set<string> } {
  const statements = new Set<string>()
  function recorded({ all, get, run, insert }: Queries): Queries {
    return {
      all(sql, parameters) {
        statements.add(sql)
        return all(sql, parameters)
      },
      get(sql, parameters) {
        statements.add(sql)
        return get(sql, parameters)
      },
      run(sql, parameters) {
        statements.add(sql)
        return run(sql, parameters)
      },
      insert(table, columns, rows, onConflict = '') {
        statements.add(insertSql(table, columns.names, 1, onConflict))
        return insert(table, columns, rows, onConflict)
      },
    }
  }
  function recordedPublication(tx: Publication): Publication {
    return {
      ...recorded(tx),
      insertFrom(from, table, onConflict) {
        statements.add(insertSql(table, from.columns, 1, onConflict))
        return tx.insertFrom(from, table, onConflict)
      },
    }
  }
  return {
    db: {
      ...db,
      ...recorded(db),
      transaction: (work, options) => db.transaction((tx) => work(recorded(tx)), options),
      scratch() {
        const scratch = db.scratch()
        return { ...scratch, publish: (work) => scratch.publish((tx) => work(recordedPublication(tx))) }
      },
      snapshot: (work) => db.snapshot((moment) => work(recorded({ ...db, ...moment }))),
    },
    statements,
  }
}

const TENANT_TABLES = `SELECT c.relname AS name FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'project_id'
  WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace`

/** Each query returns the violations of a rule. `first` is the first column of a key. */
const SCHEMA_RULES: Record<string, string> = {
  'a primary key or unique index of a tenant table starts with project_id': `SELECT i.indexrelid::regclass::text AS name
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indisunique AND i.indrelid::regclass::text IN (${TENANT_TABLES}) AND a.attname <> 'project_id'`,
  'a tenant table has a primary key': `SELECT t.name FROM (${TENANT_TABLES}) t
    WHERE NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indisprimary AND i.indrelid = t.name::regclass)`,
  'a foreign key of a tenant table starts with project_id': `SELECT k.conname AS name
    FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    WHERE k.contype = 'f' AND k.conrelid::regclass::text IN (${TENANT_TABLES}) AND a.attname <> 'project_id'`,
  'no other table references a tenant table': `SELECT conname AS name FROM pg_constraint
    WHERE contype = 'f' AND confrelid::regclass::text IN (${TENANT_TABLES})
      AND conrelid::regclass::text NOT IN (${TENANT_TABLES})`,
  'a foreign key neither deletes nor changes rows': `SELECT conname AS name FROM pg_constraint
    WHERE contype = 'f' AND (confdeltype <> 'a' OR confupdtype <> 'a')`,
  'there are no sequences': `SELECT relname AS name FROM pg_class
    WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace`,
  'there are no identity columns': `SELECT a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE a.attidentity <> '' AND c.relnamespace = current_schema()::regnamespace`,
  'there are no triggers': 'SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal',
  'every table is permanent and logged': `SELECT relname AS name FROM pg_class
    WHERE relkind = 'r' AND relpersistence <> 'p' AND relnamespace::regnamespace::text NOT LIKE 'pg\\_catalog'`,
}

/** The rules that the tables of a database violate, each with its violations. */
export async function schemaFaults(db: Queries): Promise<string[]> {
  const faults: string[] = []
  for (const [rule, sql] of Object.entries(SCHEMA_RULES)) {
    for (const { name } of await db.all<{ name: string }>(sql)) faults.push(`${rule}: ${name}`)
  }
  return faults
}

/** Keywords that a distributed engine lacks, or supports only on a single machine. */
const UNSHARED =
  /\bpg_(?:try_)?advisory_\w+|\b(?:LISTEN|UNLISTEN|NOTIFY)\b|\bpg_notify\b|\bCREATE\s+(?:TEMP|TEMPORARY|UNLOGGED|SEQUENCE|TRIGGER)\b|\b(?:nextval|currval|setval)\b|\b(?:SMALL|BIG)?SERIAL\b|\bGENERATED\b|\bON\s+DELETE\s+(?:SET|CASCADE)\b/i

/** The keywords in a statement that not every engine supports. */
export function unsharedWords(sql: string): string[] {
  const [found] = UNSHARED.exec(sql) ?? []
  return found === undefined ? [] : [found]
}

interface Plan {
  'Relation Name'?: string
  'Parent Relationship'?: string
  'Index Cond'?: string
  'Recheck Cond'?: string
  Filter?: string
  Operation?: string
  Plans?: Plan[]
}

interface CitusPlan {
  'Distributed Query'?: { Job: { 'Task Count': number } }
  Plans?: CitusPlan[]
}

/** A condition on one project: that of a parameter, or that of a row already read. */
const ONE_PROJECT = /\bproject_id = (?:\(?\$\d+|'1'::text|\(?\w+\.project_id)/

/** The same inside a subquery. Citus rejects one that compares with the project of an outer row. */
const ONE_PROJECT_IN_SUBQUERY = /\bproject_id = (?:\(?\$\d+|'1'::text)/

/** Citus names the rows that such a statement returns by the table, which on a shard has another name. */
const RETURNS_WITHOUT_ALIAS = /^\s*INSERT INTO \w+ \([^)]*\)\s*SELECT\b[\s\S]*\bRETURNING\b/

async function citusFaults(db: Database, sql: string): Promise<string[]> {
  try {
    const [{ Plan: plan }] = await explain(db, sql)
    return tasksOf(plan as CitusPlan) > 1 ? [`asks several shards: ${sql}`] : []
  } catch (error) {
    return [`rejected by Citus: ${sql} (${(error as Error).message})`]
  }
}

/** The tenant tables that a statement scans across projects. On Citus, whether it asks more than one shard. */
export async function statementFaults(db: Database, sql: string): Promise<string[]> {
  const faults = unsharedWords(sql)
  if (!/^\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b/.test(sql)) return faults
  const tenants = new Set((await db.all<{ name: string }>(TENANT_TABLES)).map(({ name }) => name))
  if (RETURNS_WITHOUT_ALIAS.test(sql)) faults.push(`rejected by Citus: ${sql}`)
  if (isCitus) return [...faults, ...(await citusFaults(db, sql))]
  const [{ Plan: plan }] = await explain(db, sql)

  function visit(node: Plan, isInSubquery: boolean): void {
    const table = node['Relation Name']
    const conditions = [node['Index Cond'], node['Recheck Cond'], node.Filter].join(' ')
    const isOneProject = (isInSubquery ? ONE_PROJECT_IN_SUBQUERY : ONE_PROJECT).test(conditions)
    // In a plan, a separate node reads the rows to be changed. A row to be inserted names its project, or it is
    // rejected.
    if (table !== undefined && node.Operation === undefined && tenants.has(table) && !isOneProject) {
      faults.push(`${table} of all projects: ${sql}`)
    }
    for (const child of node.Plans ?? []) {
      visit(child, isInSubquery || /^(?:Sub|Init)Plan$/.test(child['Parent Relationship'] ?? ''))
    }
  }
  visit(plan as Plan, false)
  return faults
}

/** The plan of a statement for any values of its parameters. On Citus, the values decide the shard. */
async function explain(db: Database, sql: string): Promise<[{ Plan: unknown }]> {
  const count = Math.max(0, ...[...sql.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)))
  if (isCitus) {
    const parameters: Parameter[] = Array.from({ length: count }, () => '1')
    const [row] = await db.all<{ 'QUERY PLAN': string }>(`EXPLAIN (FORMAT JSON) ${sql}`, parameters)
    return JSON.parse(row?.['QUERY PLAN'] as string)
  }
  return db.transaction(async (tx) => {
    // Not the option GENERIC_PLAN of EXPLAIN, which PostgreSQL 15 does not have.
    await tx.run('SET LOCAL plan_cache_mode = force_generic_plan')
    await tx.run(`PREPARE explained AS ${sql}`)
    const values = count === 0 ? '' : `(${Array.from({ length: count }, () => "'1'").join(', ')})`
    const [row] = await tx.all<{ 'QUERY PLAN': string }>(`EXPLAIN (FORMAT JSON) EXECUTE explained ${values}`)
    await tx.run('DEALLOCATE explained')
    return JSON.parse(row?.['QUERY PLAN'] as string)
  })
}

function tasksOf({ 'Distributed Query': distributed, Plans: plans = [] }: CitusPlan): number {
  return Math.max(distributed?.Job['Task Count'] ?? 0, ...plans.map(tasksOf))
}

/** What a distributed engine cannot do, or cannot do well, in these statements. */
export async function faultsOf(db: Database, statements: Iterable<string>): Promise<string[]> {
  const faults: string[] = []
  for (const sql of statements) faults.push(...(await statementFaults(db, sql)))
  return faults
}
