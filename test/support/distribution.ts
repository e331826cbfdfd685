import { insertStatement } from '../../src/db/insert.ts'
import type { Database, Parameter, Publication, Queries } from '../../src/db/port.ts'

/**
 * What Citus, CockroachDB and YugabyteDB share, checked on PostgreSQL: what an engine that keeps each project's rows
 * on a machine of their own could not do, or only by asking all machines.
 */

/** A store that keeps the text of every statement it is asked. */
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
        statements.add(insertStatement(table, columns, 1, onConflict))
        return insert(table, columns, rows, onConflict)
      },
    }
  }
  function recordedPublication(tx: Publication): Publication {
    return {
      ...recorded(tx),
      insertFrom(from, table, onConflict) {
        statements.add(insertStatement(table, from.columns, 1, onConflict))
        return tx.insertFrom(from, table, onConflict)
      },
    }
  }
  return {
    db: {
      ...db,
      ...recorded(db),
      transaction: (work) => db.transaction((tx) => work(recorded(tx))),
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

/** Each query gives what breaks a rule. `first` is the column that a key begins with. */
const SCHEMA_RULES: Record<string, string> = {
  'a primary key or unique index of a tenant table begins with project_id': `SELECT i.indexrelid::regclass::text AS name
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indisunique AND i.indrelid::regclass::text IN (${TENANT_TABLES}) AND a.attname <> 'project_id'`,
  'a tenant table has a primary key': `SELECT t.name FROM (${TENANT_TABLES}) t
    WHERE NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indisprimary AND i.indrelid = t.name::regclass)`,
  'a foreign key of a tenant table begins with project_id': `SELECT k.conname AS name
    FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    WHERE k.contype = 'f' AND k.conrelid::regclass::text IN (${TENANT_TABLES}) AND a.attname <> 'project_id'`,
  'no other table points at a tenant table': `SELECT conname AS name FROM pg_constraint
    WHERE contype = 'f' AND confrelid::regclass::text IN (${TENANT_TABLES})
      AND conrelid::regclass::text NOT IN (${TENANT_TABLES})`,
  'a foreign key deletes and changes no rows': `SELECT conname AS name FROM pg_constraint
    WHERE contype = 'f' AND (confdeltype <> 'a' OR confupdtype <> 'a')`,
  'there are no sequences': `SELECT relname AS name FROM pg_class
    WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace`,
  'there are no identity columns': `SELECT a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE a.attidentity <> '' AND c.relnamespace = current_schema()::regnamespace`,
  'there are no triggers': 'SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal',
  'every table is kept and logged': `SELECT relname AS name FROM pg_class
    WHERE relkind = 'r' AND relpersistence <> 'p' AND relnamespace::regnamespace::text NOT LIKE 'pg\\_catalog'`,
}

/** The rules that the tables of a database break, each with what breaks it. */
export async function schemaFaults(db: Queries): Promise<string[]> {
  const faults: string[] = []
  for (const [rule, sql] of Object.entries(SCHEMA_RULES)) {
    for (const { name } of await db.all<{ name: string }>(sql)) faults.push(`${rule}: ${name}`)
  }
  return faults
}

/** Words of statements that a distributed engine has not, or has for one machine alone. */
const UNSHARED =
  /\bpg_(?:try_)?advisory_\w+|\b(?:LISTEN|UNLISTEN|NOTIFY)\b|\bpg_notify\b|\bCREATE\s+(?:TEMP|TEMPORARY|UNLOGGED|SEQUENCE|TRIGGER)\b|\b(?:nextval|currval|setval)\b|\b(?:SMALL|BIG)?SERIAL\b|\bGENERATED\b|\bON\s+DELETE\s+(?:SET|CASCADE)\b/i

/** The words of a text of SQL that not every engine knows. */
export function unsharedWords(sql: string): string[] {
  const [found] = UNSHARED.exec(sql) ?? []
  return found === undefined ? [] : [found]
}

interface Plan {
  'Relation Name'?: string
  'Index Cond'?: string
  'Recheck Cond'?: string
  Filter?: string
  Operation?: string
  Plans?: Plan[]
}

/** A project's rows: those of one that is given, or of that of a row at hand. */
const ONE_PROJECT = /\bproject_id = (?:\$\d+|'1'::text|\(?\w+\.project_id)/

/** What of a statement reads or writes rows of more than one project: the tenant tables that it scans whole. */
export async function statementFaults(db: Queries, sql: string): Promise<string[]> {
  const faults = unsharedWords(sql)
  if (!/^\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b/.test(sql)) return faults
  const tenants = new Set((await db.all<{ name: string }>(TENANT_TABLES)).map(({ name }) => name))
  const count = Math.max(0, ...[...sql.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)))
  const parameters: Parameter[] = Array.from({ length: count }, () => '1')
  const [row] = await db.all<{ 'QUERY PLAN': string }>(`EXPLAIN (FORMAT JSON, GENERIC_PLAN) ${sql}`, parameters)
  const [{ Plan: plan }] = JSON.parse(row?.['QUERY PLAN'] as string) as [{ Plan: Plan }]

  function visit(node: Plan): void {
    const table = node['Relation Name']
    const conditions = [node['Index Cond'], node['Recheck Cond'], node.Filter].join(' ')
    // What is written is read first by a node of its own; a row that is inserted names its project, or it is refused.
    if (table !== undefined && node.Operation === undefined && tenants.has(table) && !ONE_PROJECT.test(conditions)) {
      faults.push(`${table} of all projects: ${sql}`)
    }
    for (const child of node.Plans ?? []) visit(child)
  }
  visit(plan)
  return faults
}

/** What of these statements no distributed engine could do well. */
export async function faultsOf(db: Queries, statements: Iterable<string>): Promise<string[]> {
  const faults: string[] = []
  for (const sql of statements) faults.push(...(await statementFaults(db, sql)))
  return faults
}
