import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { type Database, UniqueViolation } from '../../src/db/port.ts'
import { openPostgres } from '../../src/db/postgres/open.ts'
import { unawaited } from '../../src/db/unawaited.ts'
import { ApiError, SetupError } from '../../src/errors.ts'
import { assertOneLine, runHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { findFreePort, startPostgres } from '../support/postgres.ts'
import { makeDatabase } from '../support/store.ts'

const TLS = new URL('../support/tls/', import.meta.url)
const AUTHORITY = encodeURIComponent(fileURLToPath(new URL('authority.crt', TLS)))
const PASSWORD = 'p@ss/word?#'

/** Who may connect: `handset` freely, `app` only with its password and over TLS. */
const HBA = `host all handset 127.0.0.1/32 trust
hostssl all app 127.0.0.1/32 scram-sha-256
`

const guarded = await startPostgres(
  { ssl: 'on', fsync: 'off' },
  {
    'pg_hba.conf': HBA,
    'server.crt': await readFile(new URL('server.crt', TLS)),
    'server.key': await readFile(new URL('server.key', TLS)),
  },
)
after(() => guarded.remove())

function open(url: string, patience = 10_000): Database {
  const db = openPostgres(url, { patience })
  after(() => db.close())
  return db
}

async function openFresh(patience?: number): Promise<Database> {
  const db = open(await makeDatabase(), patience)
  await db.run('CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL)')
  return db
}

function urlOf(parameters = '', { host = '127.0.0.1', password = PASSWORD } = {}): string {
  return `postgres://app:${encodeURIComponent(password)}@${host}:${guarded.port}/postgres${parameters}`
}

function isUnavailable(error: unknown): boolean {
  assert.ok(error instanceof ApiError, String(error))
  assert.equal(error.type, 'serviceUnavailable')
  assert.equal(error.headers['retry-after'], '1')
  return true
}

/** Why a store cannot be reached, as reported to an operator. */
async function reasonFor(url: string): Promise<string> {
  const error = await Promise.resolve(open(url).get('SELECT 1 AS one')).then(
    () => assert.fail('it can be reached'),
    (refused) => refused,
  )
  isUnavailable(error)
  const { message } = error.cause as Error
  assert.doesNotMatch(message, /\n/)
  assert.ok(!inspect(error, { showHidden: true }).includes(PASSWORD))
  return message
}

describe('a store on PostgreSQL', () => {
  describe('a transaction', () => {
    it('sees the store as it was when it started', async () => {
      const db = await openFresh()
      const count = async (on: Pick<Database, 'get'>) => on.get<{ n: number }>('SELECT COUNT(*) AS n FROM notes')
      await db.transaction(async (tx) => {
        assert.equal((await count(tx))?.n, 0)
        await db.run("INSERT INTO notes (id, text) VALUES ('a', '')")
        assert.equal((await count(tx))?.n, 0)
      })
      assert.equal((await count(db))?.n, 1)
    })

    it('is retried if another transaction changed the same row since it started', async () => {
      const db = await openFresh()
      await db.run("INSERT INTO notes (id, text) VALUES ('a', '0')")
      let tries = 0
      await db.transaction(async (tx) => {
        tries += 1
        const row = await tx.get<{ text: string }>('SELECT text FROM notes')
        if (tries === 1) await db.run("UPDATE notes SET text = '10'")
        await tx.run('UPDATE notes SET text = $1', [String(Number(row?.text) + 1)])
      })
      assert.equal(tries, 2)
      assert.equal((await db.get<{ text: string }>('SELECT text FROM notes'))?.text, '11')
    })

    it('is run again after a deadlock', async () => {
      const url = `${await makeDatabase()}?deadlock_timeout=20ms`
      const db = open(url)
      await db.run('CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL)')
      await db.run("INSERT INTO notes (id, text) VALUES ('a', ''), ('b', '')")
      let tries = 0
      const { promise: bothHaveOne, resolve } = Promise.withResolvers<void>()
      const append = (first: string, second: string) =>
        db.transaction(async (tx) => {
          await tx.run('UPDATE notes SET text = text || $1 WHERE id = $2', [first, first])
          tries += 1
          if (tries === 2) resolve()
          await bothHaveOne
          await tx.run('UPDATE notes SET text = text || $1 WHERE id = $2', [first, second])
        })
      await Promise.all([append('a', 'b'), append('b', 'a')])
      assert.ok(tries > 2, `${tries} tries`)
      const texts = await db.all<{ text: string }>('SELECT text FROM notes')
      for (const { text } of texts) assert.equal([...text].sort().join(''), 'ab')
    })

    it('fails once retries use up its time', async () => {
      const db = await openFresh(500)
      let tries = 0
      const hopeless = db.transaction(async (tx) => {
        tries += 1
        await tx.run("INSERT INTO notes (id, text) VALUES ('a', '')")
        await tx.run("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")
      })
      await assert.rejects(hopeless, isUnavailable)
      assert.ok(tries > 1)
      assert.deepEqual([...(await db.all('SELECT id FROM notes'))], [])
    })

    it('whose connection is cut before its commit is run again', async () => {
      const db = await openFresh()
      let tries = 0
      await db.transaction(async (tx) => {
        tries += 1
        await tx.run("INSERT INTO notes (id, text) VALUES ('a', '')")
        if (tries === 1) await tx.get('SELECT pg_terminate_backend(pg_backend_pid())')
      })
      assert.equal(tries, 2)
      assert.equal((await db.all('SELECT id FROM notes')).length, 1)
    })

    it('whose connection is lost during its commit is not retried, since it may have been committed', async () => {
      const db = await openFresh()
      await db.run(`CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$`)
      await db.run(`CREATE CONSTRAINT TRIGGER cut_at_commit AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION cut()`)
      let tries = 0
      const unknown = db.transaction(async (tx) => {
        tries += 1
        await tx.run("INSERT INTO notes (id, text) VALUES ('a', '')")
      })
      await assert.rejects(unknown, isUnavailable)
      assert.equal(tries, 1)
    })
  })

  describe('a statement that a transaction does not await', () => {
    const ids = async (db: Database) => (await db.all<{ id: string }>('SELECT id FROM notes')).map(({ id }) => id)

    it('fails the transaction with its own error', async () => {
      const db = await openFresh()
      await db.run("ALTER TABLE notes ADD CHECK (text <> 'bad')")
      const insert = "INSERT INTO notes (id, text) VALUES ('a', $1)"
      const insertBoth = (text: string) =>
        db.transaction(async (tx) => {
          unawaited(tx.run(insert, ['good']))
          unawaited(tx.run(insert, [text]))
          unawaited(tx.run("INSERT INTO notes (id, text) VALUES ('b', '')"))
        })
      await assert.rejects(insertBoth('bad'), /23514/)
      await assert.rejects(insertBoth('twice'), UniqueViolation)
      assert.deepEqual(await ids(db), [])
    })

    it('fails those that the transaction awaits after it', async () => {
      const db = await openFresh()
      const work = db.transaction(async (tx) => {
        unawaited(tx.run("INSERT INTO notes (id) VALUES ('a')"))
        await assert.rejects(async () => tx.get('SELECT 1 AS one'), /23502/)
        throw new Error('what the work makes of it')
      })
      await assert.rejects(work, /what the work makes of it/)
      assert.deepEqual(await ids(db), [])
    })

    it('is run again with the transaction after a conflict', async () => {
      const db = await openFresh()
      await db.run("INSERT INTO notes (id, text) VALUES ('a', '')")
      let tries = 0
      await db.transaction(async (tx) => {
        tries += 1
        await tx.get('SELECT text FROM notes')
        if (tries === 1) await db.run("UPDATE notes SET text = 'other'")
        unawaited(tx.run("UPDATE notes SET text = text || ', mine'"))
      })
      assert.equal(tries, 2)
      assert.equal((await db.get<{ text: string }>('SELECT text FROM notes'))?.text, 'other, mine')
    })

    it('is not run again if the connection is lost then, since the commit was sent', async () => {
      const db = await openFresh()
      let tries = 0
      const unknown = db.transaction(async (tx) => {
        tries += 1
        await tx.run("INSERT INTO notes (id, text) VALUES ('a', '')")
        unawaited(tx.get('SELECT pg_terminate_backend(pg_backend_pid())'))
      })
      await assert.rejects(unknown, isUnavailable)
      assert.equal(tries, 1)
      assert.deepEqual(await ids(db), [])
    })

    it('must be sent before the work of the transaction ends', async () => {
      const db = await openFresh()
      const late = async (tx: Pick<Database, 'run'>) => {
        await null
        await tx.run("INSERT INTO notes (id, text) VALUES ('late', '')")
      }
      const work = db.transaction(async (tx) => unawaited(Promise.resolve().then(() => late(tx))))
      await assert.rejects(work, /after the commit/)
      assert.deepEqual(await ids(db), [])
    })
  })

  it('answers 503 to a transaction whose commit fails for a reason that it does not know', async () => {
    const db = await openFresh()
    await db.run(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'could not commit transaction' USING ERRCODE = 'XX000'; END $$`)
    await db.run(`CREATE CONSTRAINT TRIGGER fail_at_commit AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION fail()`)
    let tries = 0
    const unknown = db.transaction(async (tx) => {
      tries += 1
      await tx.run("INSERT INTO notes (id, text) VALUES ('a', '')")
    })
    await assert.rejects(unknown, isUnavailable)
    assert.equal(tries, 1)
  })

  it('reports that the database accepts no changes, as on a standby', async () => {
    const url = await makeDatabase()
    const db = openPostgres(`${url}?default_transaction_read_only=on&target_session_attrs=any`, { patience: 60_000 })
    after(() => db.close())
    await assert.rejects(
      db.transaction(async (tx) => tx.run('CREATE TABLE notes (id TEXT)')),
      /it is a standby/,
    )
  })

  it('runs a statement up to its time limit, and no longer', async () => {
    const db = await openFresh(300)
    await assert.rejects(async () => db.get('SELECT pg_sleep(60)'), isUnavailable)
    await assert.rejects(
      db.transaction(async (tx) => tx.get('SELECT pg_sleep(60)')),
      isUnavailable,
    )
    assert.equal((await db.get<{ one: number }>('SELECT 1 AS one'))?.one, 1)
  })

  it('lets calls wait for a connection when all are in use', async () => {
    const db = await openFresh()
    const { promise: gate, resolve } = Promise.withResolvers<void>()
    const { promise: allIn, resolve: enter } = Promise.withResolvers<void>()
    let holding = 0
    const holders = Array.from({ length: 10 }, () =>
      db.transaction(async (tx) => {
        await tx.get('SELECT 1 AS one')
        holding += 1
        if (holding === 10) enter()
        await gate
      }),
    )
    await allIn
    const late = [db.run("INSERT INTO notes (id, text) VALUES ('late', '')"), db.all('SELECT id FROM notes')]
    resolve()
    await Promise.all([...holders, ...late])
    assert.equal((await db.all('SELECT id FROM notes')).length, 1)
  })

  it('reports the code of an error, but no value', async () => {
    const db = await openFresh()
    await db.run("CREATE TABLE strict (id TEXT PRIMARY KEY CHECK (id <> 'secret@example.com'))")
    await assert.rejects(
      async () => db.run('INSERT INTO strict (id) VALUES ($1)', ['secret@example.com']),
      (error) => {
        const shown = inspect(error, { showHidden: true, depth: 9 })
        assert.match(shown, /23514/)
        assert.doesNotMatch(shown, /secret/)
        return true
      },
    )
  })

  it('tries the next host if one does not respond', async () => {
    const nobody = await findFreePort()
    const url = `postgres://handset@127.0.0.1:${nobody},127.0.0.1:${guarded.port}/postgres`
    assert.equal((await open(url).get<{ one: number }>('SELECT 1 AS one'))?.one, 1)
  })

  describe('is connected to according to its URL', () => {
    before(async () => {
      await open(guarded.url('postgres')).run(`CREATE ROLE app LOGIN PASSWORD '${PASSWORD}'`)
    })

    for (const [parameters, host, encrypted] of [
      ['', '127.0.0.1', true],
      ['?sslmode=prefer', '127.0.0.1', true],
      ['?sslmode=require', '127.0.0.1', true],
      [`?sslmode=require&sslrootcert=${AUTHORITY}`, '127.0.0.1', true],
      [`?sslmode=verify-ca&sslrootcert=${AUTHORITY}`, '127.0.0.1', true],
      [`?sslmode=verify-full&sslrootcert=${AUTHORITY}`, 'localhost', true],
    ] as const) {
      it(`${host}${parameters.replace(AUTHORITY, '…')} encrypts`, async () => {
        const sql = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
        const found = await open(urlOf(parameters, { host })).get<{ ssl: boolean }>(sql)
        assert.equal(found?.ssl, encrypted)
      })
    }

    for (const [what, url, reason] of [
      ['a wrong password', () => urlOf('', { password: 'wrong' }), /password authentication failed for user "app"/],
      ['no TLS where it is required', () => urlOf('?sslmode=disable'), /no pg_hba\.conf entry .* no encryption/],
      ['an unknown certificate authority', () => urlOf('?sslmode=verify-full', { host: 'localhost' }), /certificate/],
      [
        'a certificate of another host',
        () => urlOf(`?sslmode=verify-full&sslrootcert=${AUTHORITY}`),
        /127\.0\.0\.1 is not|does not match/,
      ],
      ['a database that does not exist', () => guarded.url('nowhere'), /database "nowhere" does not exist/],
      ['an unknown value of a setting', () => guarded.url('postgres?colour=red'), /"colour"/],
    ] as const) {
      it(`reports ${what}`, async () => {
        assert.match(await reasonFor(url()), reason)
      })
    }

    for (const [url, reason] of [
      ['mysql://app@host/database', /starts with mysql:\/\/, but must be like postgres:\/\//],
      ['postgres://', /names no host/],
      ['postgres:///database', /names no host/],
      ['host=one dbname=handset', /must be a URL such as postgres:\/\//],
      ['app:secret@host/database', /must be a URL such as postgres:\/\//],
      [`postgres://app:${PASSWORD}@host/database`, /contains "\/" before an "@": .* write %2F instead/],
      ['postgres://app:se#cret@host/database', /contains "#" before an "@": .* write %23 instead/],
      ['postgres://app:se cret@host/database', /white space: .* write %20 instead/],
      ['postgres://app:50%@host/database', /contains a "%" .* write %25 instead/],
      ['postgres://app@host:port/database', /is not a valid URL/],
      ['postgres://app@one,,two/database', /is not a valid URL/],
      ['postgres://app@/database?host=/run/postgresql', /names no host|parameter host/],
      ['postgres://app@host/database?host=/run/postgresql', /has the parameter host: .*%2Frun%2Fpostgresql/],
      ['postgres://app@host/database?password=secret', /has the parameter password: .*PGPASSWORD/],
      ['postgres://app@host/database?ssl=true', /has the parameter ssl: write sslmode=/],
      ['postgres://app@host/database?pgbouncer=true', /has the parameter pgbouncer: write prepared_statements=0/],
      ['postgres://app@host/database?sslmode=on', /sslmode is "on": it must be one of disable, /],
      ['postgres://app@host/database?target_session_attrs=standby', /target_session_attrs is "standby"/],
      ['postgres://app@host/database?sslmode=verify-ca&sslrootcert=/nowhere.crt', /sslrootcert cannot be read/],
    ] as const) {
      it(`rejects ${url.replace(PASSWORD, 'a password with / and ?')}`, () => {
        assert.throws(
          () => openPostgres(url, { patience: 1 }),
          (error) => {
            assert.ok(error instanceof SetupError, String(error))
            assert.match(error.message, reason)
            assert.ok(!error.message.includes(PASSWORD))
            return true
          },
        )
      })
    }

    it('ends a command in one clear line', async () => {
      const cwd = await makeDirectory()
      const nobody = await findFreePort()
      const refused = await Promise.all(
        [`postgres://handset@127.0.0.1:${nobody}/postgres`, urlOf('', { password: 'wrong' }), 'postgres://'].map(
          (url) => runHandset(['projects', 'list'], { cwd, env: { DATABASE_URL: url } }),
        ),
      )
      const reasons = [
        /cannot be reached: 127\.0\.0\.1:\d+: connect ECONNREFUSED/,
        /password authentication failed/,
        /DATABASE_URL/,
      ]
      for (const [position, ended] of refused.entries()) {
        assert.equal(ended.code, 1)
        assert.equal(ended.stdout, '')
        assertOneLine(ended, reasons[position] as RegExp)
      }
    })
  })
})
