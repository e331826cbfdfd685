import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { after, describe, it } from 'node:test'
import { systemCaller } from '../../src/caller.ts'
import { countCatalogue, lookUpTac } from '../../src/catalogue/store.ts'
import { citusStatements } from '../../src/db/citus.ts'
import { migrate } from '../../src/db/migrate.ts'
import { MIGRATIONS } from '../../src/db/migrations.ts'
import type { Database } from '../../src/db/port.ts'
import { currentTables, digestTables } from '../../src/db/tables.ts'
import { createKey, listApiKeys, revokeKey } from '../../src/resources/api-keys/api-keys.ts'
import { allProjects, createProject } from '../../src/resources/projects/projects.ts'
import { examine } from '../../src/serve/jobs/doctor.ts'
import { sweep } from '../../src/serve/jobs/sweep.ts'
import { faultsOf, recordStatements, schemaFaults, statementFaults, unsharedWords } from '../support/distribution.ts'
import { importModels } from '../support/models.ts'
import { contextOf, engine, isCitus, makeStore, openStore } from '../support/store.ts'

async function openDatabase({ empty = false } = {}): Promise<Database> {
  const db = openStore(await makeStore())
  after(() => db.close())
  if (!empty) await migrate(db, Date.now)
  return db
}

/** Does what operators do: creates a project and keys, imports models, and runs the jobs. */
async function runOperatorTools(db: Database): Promise<void> {
  const context = contextOf(db)
  const project = await createProject(context, { id: 'acme', type: 'live' })
  const { id } = await createKey(context, project, { name: 'key', role: 'admin' })
  await revokeKey(context, project, id)
  await listApiKeys(context, systemCaller(project), {})
  await allProjects(context)
  await importModels(context, [{ tac: '12345678', brand: 'Brand', name: 'Name' }])
  await lookUpTac(db, '12345678')
  await countCatalogue(db)
  await sweep(context, new AbortController().signal)
  await digestTables(db, await currentTables())
}

/** Operators' tools whose statements read all projects at once. Requests never run them. */
const CROSS_TENANT: Record<string, (db: Database) => Promise<unknown>> = {
  'doctor checks a whole store': examine,
}

function onPostgres(): void {
  // Citus adds triggers of its own to distributed tables.
  describe('the schema', { skip: isCitus }, () => {
    it('violates no rule of distributed engines', async () => {
      assert.deepEqual(await schemaFaults(await openDatabase()), [])
    })

    const VIOLATIONS: [string, RegExp, string[]][] = [
      [
        'a primary key without its project',
        /starts with project_id: bad_pkey/,
        ['CREATE TABLE bad (id TEXT PRIMARY KEY, project_id TEXT)'],
      ],
      [
        'a unique index without its project',
        /starts with project_id: bad_imei/,
        [
          'CREATE TABLE bad (project_id TEXT PRIMARY KEY, imei TEXT)',
          'CREATE UNIQUE INDEX bad_imei ON bad (imei, project_id)',
        ],
      ],
      ['a tenant table without a primary key', /has a primary key: bad/, ['CREATE TABLE bad (project_id TEXT)']],
      [
        'a foreign key without its project',
        /foreign key of a tenant table starts with project_id: bad_model_fkey/,
        [
          'CREATE TABLE models (id TEXT PRIMARY KEY)',
          'CREATE TABLE bad (project_id TEXT PRIMARY KEY, model TEXT REFERENCES models (id))',
        ],
      ],
      [
        'a table that references a tenant table',
        /no other table references a tenant table: other_owner_fkey/,
        [
          'CREATE TABLE tenant (project_id TEXT PRIMARY KEY)',
          'CREATE TABLE other (id TEXT PRIMARY KEY, owner TEXT REFERENCES tenant (project_id))',
        ],
      ],
      [
        'a foreign key that deletes rows',
        /neither deletes nor changes rows: child_id_fkey/,
        [
          'CREATE TABLE parent (id TEXT PRIMARY KEY)',
          'CREATE TABLE child (id TEXT PRIMARY KEY REFERENCES parent (id) ON DELETE CASCADE)',
        ],
      ],
      ['a sequence', /no sequences: numbers/, ['CREATE SEQUENCE numbers']],
      [
        'an identity column',
        /no identity columns: id/,
        ['CREATE TABLE bad (id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY)'],
      ],
      [
        'a trigger',
        /no triggers: watch/,
        [
          'CREATE TABLE bad (id TEXT PRIMARY KEY)',
          'CREATE TRIGGER watch BEFORE UPDATE ON bad FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
        ],
      ],
      ['an unlogged table', /permanent and logged: bad/, ['CREATE UNLOGGED TABLE bad (id TEXT PRIMARY KEY)']],
    ]
    for (const [name, pattern, statements] of VIOLATIONS) {
      it(`violates a rule with ${name}`, async () => {
        const db = await openDatabase({ empty: true })
        for (const statement of statements) await db.run(statement)
        assert.match((await schemaFaults(db)).join('\n'), pattern)
      })
    }
  })

  // Every test with a server checks the statements of its requests (test/support/server.ts).
  describe('a statement', async () => {
    const db = await openDatabase()

    it("of an operator's tool reads the rows of one project at a time", async () => {
      const recording = recordStatements(db)
      await runOperatorTools(recording.db)
      assert.ok(recording.statements.size > 10)
      assert.deepEqual(await faultsOf(db, recording.statements), [])
    })

    for (const [name, run] of Object.entries(CROSS_TENANT)) {
      it(`may read the rows of all projects: ${name}`, async () => {
        const recording = recordStatements(db)
        await run(recording.db)
        for (const sql of recording.statements) assert.match(sql, /^SELECT /)
        assert.notDeepEqual(await faultsOf(db, recording.statements), [])
      })
    }

    for (const [name, sql] of [
      ['reads without a project', 'SELECT id FROM devices WHERE imei = $1'],
      ['compares projects by anything but equality', 'SELECT id FROM devices WHERE project_id > $1'],
      [
        'joins without a project',
        'SELECT d.id FROM devices d JOIN users u ON u.id = d.user_id WHERE d.project_id = $1',
      ],
      [
        'has a subquery without a project',
        'SELECT id FROM devices d WHERE project_id = $1 AND EXISTS (SELECT 1 FROM sims s WHERE s.device_id = d.id)',
      ],
      [
        'has a subquery that compares with the project of an outer row',
        'SELECT (SELECT COUNT(*) FROM sims s WHERE s.project_id = d.project_id AND s.device_id = d.id) AS sims FROM devices d WHERE d.project_id = $1',
      ],
      [
        'inserts what it selects, and returns rows of a table without an alias',
        "INSERT INTO tacs (tac, model_id, source) SELECT '1', id, 'x' FROM device_models WHERE id = $1 RETURNING tac",
      ],
      ['updates without a project', 'UPDATE devices SET name = $1 WHERE id = $2'],
      ['deletes without a project', 'DELETE FROM idempotency_keys WHERE expires_at < $1'],
    ] as const) {
      it(`violates a rule if it ${name}`, async () => {
        assert.match((await statementFaults(db, sql)).join('\n'), /of all projects|several shards|rejected by Citus/)
      })
    }
  })

  describe('handset migrate --citus', () => {
    it('distributes tenant tables by project, on the same nodes, and copies the others to every node', async () => {
      const statements = citusStatements(await currentTables())
      const sql = statements.map((statement) => statement.sql)
      const tenants = sql.filter((text) => text.includes('create_distributed_table'))
      assert.match(tenants[0] as string, /^SELECT create_distributed_table\('(\w+)', 'project_id'\)$/)
      const [, first] = /'(\w+)'/.exec(tenants[0] as string) ?? []
      for (const text of tenants.slice(1)) {
        assert.match(
          text,
          new RegExp(`^SELECT create_distributed_table\\('\\w+', 'project_id', colocate_with => '${first}'\\)$`),
        )
      }
      for (const table of ['projects', 'device_models', 'tacs']) {
        assert.ok(sql.includes(`SELECT create_reference_table('${table}')`))
      }
      assert.equal(new Set(sql).size, (await currentTables()).length)
      assert.deepEqual(
        citusStatements([{ name: 'notes', columns: ['project_id', 'id'] }], 'devices').map(
          (statement) => statement.sql,
        ),
        ["SELECT create_distributed_table('notes', 'project_id', colocate_with => 'devices')"],
      )
      const order = statements.map(({ table }) => table)
      assert.ok(order.indexOf('users') < order.indexOf('devices') && order.indexOf('devices') < order.indexOf('sims'))
    })
  })
}

describe('a migration', () => {
  it('adds columns without constraints, which Citus rejects', () => {
    const added = MIGRATIONS.flatMap(({ statements }) => statements).filter((sql) => /\bADD COLUMN\b/.test(sql))
    assert.deepEqual(
      added.filter((sql) => /\b(?:CHECK|UNIQUE|REFERENCES|PRIMARY KEY)\b/.test(sql)),
      [],
    )
  })
})

describe('the keywords of the SQL', () => {
  it('are supported by distributed engines, in every migration and source file', () => {
    for (const { statements } of MIGRATIONS) assert.deepEqual(statements.flatMap(unsharedWords), [])
    const root = new URL('../../src/', import.meta.url)
    const templates = globSync('**/*.ts', { cwd: root }).flatMap((file) =>
      [
        ...readFileSync(new URL(file, root), 'utf8').matchAll(
          /(['"`])\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|LISTEN|NOTIFY)\b[^'"`]*/g,
        ),
      ].map(([text]) => text),
    )
    assert.ok(templates.length > 40)
    assert.deepEqual(templates.flatMap(unsharedWords), [])
  })

  for (const sql of [
    'SELECT pg_advisory_xact_lock($1)',
    'LISTEN keys',
    "SELECT pg_notify('keys', $1)",
    'CREATE TEMP TABLE t (id TEXT)',
    "SELECT nextval('numbers')",
    'CREATE TABLE t (id BIGSERIAL PRIMARY KEY)',
    'CREATE TRIGGER t BEFORE INSERT ON devices',
  ]) {
    it(`include an unsupported one in ${sql}`, () => {
      assert.equal(unsharedWords(sql).length, 1)
    })
  }
})

if (engine === 'postgres') describe('distribution', onPostgres)
