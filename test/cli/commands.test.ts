import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { systemCaller } from '../../src/caller.ts'
import { requireProject } from '../../src/resources/projects/projects.ts'
import { createUserToken } from '../../src/resources/tokens/tokens.ts'
import { createUser } from '../../src/resources/users/users.ts'
import { assertOneLine, runForJson, runHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { contextOf, makeStore, openStore, type StoreSettings } from '../support/store.ts'

const cwd = await makeDirectory()
const store = await makeStore()
/** Every command here runs on one store, of the engine under test. */
const here = { cwd, env: { ...store } }
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/

async function runForText(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runHandset(words, here)
  assert.equal(code, 0, stderr)
  assert.equal(stderr, '')
  return stdout
}

async function fails(words: string[], pattern: RegExp): Promise<void> {
  const ended = await runHandset(words, here)
  assert.equal(ended.code, 1)
  assert.equal(ended.stdout, '')
  assertOneLine(ended, pattern)
}

/** Returns everything a store holds about its keys: its files, or the rows of the table. */
async function storedAboutKeys(place: StoreSettings): Promise<(Buffer | string)[]> {
  if ('HANDSET_DATA' in place) {
    return readdirSync(place.HANDSET_DATA).map((file) => readFileSync(join(place.HANDSET_DATA, file)))
  }
  const db = openStore(place)
  const rows = await db.all('SELECT * FROM api_keys')
  await db.close()
  return [JSON.stringify(rows)]
}

describe('handset projects', () => {
  it('create makes a project of the given type, and list shows it', async () => {
    const project = await runForJson(
      ['projects', 'create', 'acme', '--type', 'live', '--name', 'Acme Mobile', '--locale', 'de-CH', 'fr-CH'],
      here,
    )
    const { createdAt, ...rest } = project
    assert.match(createdAt, TIME)
    assert.deepEqual(rest, {
      object: 'project',
      id: 'acme',
      name: 'Acme Mobile',
      type: 'live',
      locales: ['de-CH', 'fr-CH'],
    })
    assert.deepEqual(await runForJson(['projects', 'list'], here), [project])
    assert.match(await runForText('projects', 'list'), /^acme +live +Acme Mobile +de-CH fr-CH +\d/m)
  })

  it('create prints the next command, which works', async () => {
    const text = await runForText('projects', 'create', 'other', '--type', 'test')
    const [, next = ''] = /Next: handset (.+)\n/.exec(text) ?? []
    assert.match(await runForText(...next.split(' ')), /^hsk_/)
  })

  it('create requires the type', async () => {
    const { code, stderr } = await runHandset(['projects', 'create', 'untyped'], here)
    assert.equal(code, 2)
    assert.match(stderr, /--type <type>/)
  })

  it('create rejects an id that is taken or invalid, and an invalid locale', async () => {
    await fails(['projects', 'create', 'acme', '--type', 'live'], /Project acme already exists/)
    await fails(
      ['projects', 'create', 'Acme', '--type', 'live'],
      /"Acme" cannot be the id of a project: it must have 3 to 30 characters/,
    )
    await fails(['projects', 'create', 'swiss', '--type', 'live', '--locale', 'de_CH'], /de_CH.*BCP 47/)
  })
})

describe('handset keys', () => {
  it('create shows a key once; neither list nor the store contains it', async () => {
    const key = await runForJson(['keys', 'create', '--project', 'acme', '--name', 'backend'], here)
    const { id, token, prefix, createdAt, ...rest } = key
    assert.match(id, /^key_[0-9A-Za-z]{28}$/)
    assert.match(token, /^hsk_[0-9A-Za-z]+$/)
    assert.ok(token.startsWith(prefix) && prefix.length < token.length / 2)
    assert.match(createdAt, TIME)
    assert.deepEqual(rest, {
      object: 'apiKey',
      project: 'acme',
      name: 'backend',
      role: 'admin',
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
    })

    const listed = await runForJson(['keys', 'list', '--project', 'acme'], here)
    const { token: _, ...shown } = key
    assert.deepEqual(listed, [shown])
    const text = await runForText('keys', 'list', '--project', 'acme')
    assert.match(text, new RegExp(`^${id} +backend +admin +${prefix}… +\\S+ +never +valid until revoked$`, 'm'))
    const stored = await storedAboutKeys(store)
    assert.ok(stored.some((part) => part.includes(id)))
    for (const part of stored) assert.equal(part.includes(token), false)
  })

  it('create prints only the key on its first line', async () => {
    const text = await runForText('keys', 'create', '--project', 'acme', '--name', 'piped')
    assert.match(text, /^hsk_[0-9A-Za-z]+\n\n/)
  })

  it('create rejects a blank or overlong name', async () => {
    for (const name of ['', ' ', 'x'.repeat(256)]) {
      const { code, stderr } = await runHandset(['keys', 'create', '--project', 'acme', '--name', name], here)
      assert.equal(code, 2)
      assert.match(stderr, /1 to 255 characters/)
    }
  })

  it('create accepts an expiry in seconds', async () => {
    const before = Date.now()
    const { expiresAt } = await runForJson(
      ['keys', 'create', '--project', 'acme', '--name', 'short', '--expires-in', '3600'],
      here,
    )
    const lifetime = Date.parse(expiresAt) - before
    assert.ok(lifetime > 3_599_000 && lifetime < 3_630_000, expiresAt)
    const refused = ['0', '-1', '1.5', '1h', '', '999999999999'].map(async (seconds) => {
      const words = ['keys', 'create', '--project', 'acme', '--name', 'bad', `--expires-in=${seconds}`]
      const { code, stderr } = await runHandset(words, here)
      assert.equal(code, 2, seconds)
      assert.match(stderr, /--expires-in/)
    })
    await Promise.all(refused)
  })

  it('create accepts a role, and rejects an unknown one', async () => {
    const words = ['keys', 'create', '--project', 'acme', '--name', 'desk', '--role']
    assert.equal((await runForJson([...words, 'viewer'], here)).role, 'viewer')
    const { code, stderr } = await runHandset([...words, 'owner'], here)
    assert.equal(code, 2)
    assert.match(stderr, /viewer, editor, admin/)
  })

  it('revoke revokes a key once, and list shows when', async () => {
    const { id } = await runForJson(['keys', 'create', '--project', 'acme', '--name', 'leaked'], here)
    assert.deepEqual(await runForJson(['keys', 'revoke', id, '--project', 'acme'], here), {
      object: 'apiKey',
      id,
      project: 'acme',
      revoked: true,
    })
    await fails(['keys', 'revoke', id, '--project', 'acme'], new RegExp(`Project acme has no active key ${id}`))
    const listed = await runForJson(['keys', 'list', '--project', 'acme'], here)
    assert.match(listed.find((key: { id: string }) => key.id === id).revokedAt, TIME)
  })

  it('rejects an unknown project, and the key of another project', async () => {
    await fails(['keys', 'create', '--project', 'nobody', '--name', 'x'], /Project nobody does not exist/)
    await fails(['keys', 'list', '--project', 'nobody'], /Project nobody does not exist/)
    const { id } = await runForJson(['keys', 'create', '--project', 'acme', '--name', 'own'], here)
    await fails(['keys', 'revoke', id, '--project', 'other'], /has no active key/)
    const listed = await runForJson(['keys', 'list', '--project', 'acme'], here)
    assert.equal(listed.find((key: { id: string }) => key.id === id).revokedAt, null)
  })
})

describe('handset tokens', () => {
  it("list shows a user's valid tokens, and revoke ends one", async () => {
    const db = openStore(store)
    const context = contextOf(db)
    const caller = systemCaller(await requireProject(context, 'acme'))
    const user = JSON.parse(await createUser(context, caller, { email: 'token@example.com' })).id
    const { token, ...shown } = JSON.parse(await createUserToken(context, caller, user, {}))
    await db.close()
    const words = ['--project', 'acme', '--user', user]
    assert.deepEqual(await runForJson(['tokens', 'list', ...words], here), [shown])
    const text = await runForText('tokens', 'list', ...words)
    assert.match(text, new RegExp(`^${shown.id} +${shown.createdAt} +${shown.expiresAt}$`, 'm'))
    assert.ok(!text.includes(token))
    assert.deepEqual(await runForJson(['tokens', 'revoke', shown.id, ...words], here), shown)
    assert.deepEqual(await runForJson(['tokens', 'list', ...words], here), [])
    await fails(['tokens', 'revoke', shown.id, ...words], /The user token does not exist/)
    await fails(['tokens', 'list', '--project', 'acme', '--user', 'usr_nobody'], /The user does not exist/)
    await fails(['tokens', 'list', '--project', 'other', '--user', user], /The user does not exist/)
  })
})

describe('handset catalogue', () => {
  it('import, lookup and stats agree', async () => {
    const before = await runForJson(['catalogue', 'stats'], here)
    const imported = await runForJson(['catalogue', 'import', '-'], {
      ...here,
      input: 'tac,brand,name,type,simTypes\n95000001,Clibrand,One,tablet,eSIM\n95000002,Clibrand,Two,,\n',
    })
    assert.deepEqual([imported.rows, imported.added, imported.rejectsFile], [2, 2, null])

    const { model, ...found } = await runForJson(['catalogue', 'lookup', '950000011234560'], here)
    assert.match(model, /^dmd_/)
    assert.deepEqual(found, {
      tac: '95000001',
      brand: 'Clibrand',
      name: 'One',
      type: 'tablet',
      simTypes: ['eSIM'],
      source: 'csv',
      typeSource: 'csv',
      typeReason: null,
      simTypesSource: 'csv',
      simTypesReason: null,
      claims: [],
    })
    const after = await runForJson(['catalogue', 'stats'], here)
    assert.deepEqual(after, {
      tacs: before.tacs + 2,
      sources: [{ source: 'csv', tacs: 2, answers: 2, named: 2, typed: 1, withSimTypes: 1 }, ...before.sources],
      models: before.models + 2,
      brands: before.brands + 1,
      modelsWithSimTypes: before.modelsWithSimTypes + 1,
      usesCurrentFacts: true,
    })
  })

  it('renormalise previews and applies its changes, and doctor and stats recommend it until then', async () => {
    const advice = /handset catalogue renormalise --dry-run reports what would change/
    assert.doesNotMatch(await runForText('catalogue', 'stats'), advice)
    assert.deepEqual((await runForJson(['doctor'], here)).advice, [])
    const db = openStore(store)
    await db.run("UPDATE device_models SET brand = 'CLIBRAND Ltd', brand_key = 'clibrand ltd' WHERE name = 'Two'")
    await db.run("UPDATE catalogue_marks SET value = 'older' WHERE name = 'facts'")
    await db.close()
    assert.match(await runForText('catalogue', 'stats'), advice)
    assert.match(await runForText('doctor'), advice)
    const dry = await runForText('catalogue', 'renormalise', '--dry-run')
    assert.match(dry, /Nothing was changed\. Without --dry-run, the result would be:\nModels renamed +1$/m)
    assert.match(dry, /^Brand: CLIBRAND Ltd → Clibrand, 1 model$/m)
    const { dryRun, renamed, merged } = await runForJson(['catalogue', 'renormalise'], here)
    assert.deepEqual([dryRun, renamed, merged], [false, 1, 0])
    assert.equal((await runForJson(['catalogue', 'lookup', '950000021234560'], here)).brand, 'Clibrand')
    assert.doesNotMatch(await runForText('doctor'), advice)
  })

  it('import prints what happened to the rows', async () => {
    const { code, stdout } = await runHandset(['catalogue', 'import', '-', '--rejects', 'told.csv'], {
      ...here,
      input: 'tac,brand,name\n95000003,Clibrand,Three\n95000001,Clibrand,One\n1,Clibrand,Bad\n',
    })
    assert.equal(code, 0)
    assert.match(stdout, /^Read 3 rows from 4 lines of csv in [0-9.]+ s\.$/m)
    for (const [kind, number] of Object.entries({ added: 1, changed: 0, unchanged: 1, outranked: 0, rejected: 1 })) {
      assert.match(stdout, new RegExp(`^TACs ${kind} +${number}$`, 'm'))
    }
    assert.match(stdout, /^Rejected rows, with line number and reason: told\.csv$/m)
  })

  it('lookup accepts an IMEISV or a wrong check digit, and prints one line per fact', async () => {
    for (const imei of ['492388841798923', '492388841798920', '4923888417989201']) {
      const text = await runForText('catalogue', 'lookup', imei)
      assert.match(
        text,
        /^TAC +49238884\nBrand +Apple\nName +iPhone 12 Pro\nType +smartphone \(starter\)\nSIM types +eSIM, pSIM \(starter\)\nSource +starter\n$/,
      )
    }
  })

  it('diff previews an import, set outranks it, and lookup names the source of each fact', async () => {
    const input = 'tac,name,name\n95000001,Otherbrand,Same\n'
    const diff = await runHandset(['catalogue', 'diff', '-'], { ...here, input })
    assert.match(diff.stdout, /Nothing was changed; an import would give:\nTACs added +0$/m)
    assert.match(
      diff.stdout,
      /^Conflict: 95000001 is Clibrand One according to csv, Otherbrand Same according to this file; kept$/m,
    )
    await runForJson(['catalogue', 'import', '-'], { ...here, input })
    const set = await runForJson(['catalogue', 'set', '95000001', '--sim-types', 'pSIM', '--name', 'Mine'], here)
    assert.deepEqual([set.brand, set.name, set.type, set.simTypes], ['Clibrand', 'Mine', 'tablet', ['pSIM']])
    assert.match(
      await runForText('catalogue', 'lookup', '950000011234560'),
      /SIM types +pSIM \(operator\)\nSource +operator\nConflict +Clibrand One \(csv\)\nConflict +Otherbrand Same \(osmocom\)\n$/,
    )
    await fails(['catalogue', 'set', '95000001', '--clear', '--name', 'x'], /--clear alone/)
    await fails(['catalogue', 'set', '9500', '--clear'], /neither an 8-digit TAC/)
    const cleared = await runForJson(['catalogue', 'set', '95000001', '--clear'], here)
    assert.equal(cleared.name, 'One')
  })

  it('lookup says why it finds nothing', async () => {
    await fails(['catalogue', 'lookup', '999999990000000'], /does not know TAC 99999999/)
    await fails(['catalogue', 'lookup', '49-238884-179892-3'], /not a valid IMEI.*separators/)
    await fails(['catalogue', 'lookup', '49238884179892'], /not a valid IMEI.*check digit is missing/)
  })
})

describe('wrong usage', { concurrency: true }, () => {
  for (const words of [
    [],
    ['frobnicate'],
    ['projects'],
    ['projects', 'frobnicate'],
    ['projects', 'list', '--frobnicate'],
    ['projects', 'list', 'extra'],
    ['projects', 'create'],
    ['projects', 'create', 'abc', '--type', 'staging'],
    ['keys', 'create', '--name', 'x'],
    ['keys', 'revoke'],
    ['catalogue', 'import', 'x.csv', '--format', 'excel'],
    ['--data'],
    ['projects', 'list', '--data', ''],
    ['serve', '--port', 'eighty'],
    ['serve', '--port', '65536'],
    ['serve', '--workers', '0'],
  ]) {
    it(`exits with 2 and shows the usage on standard error: handset ${words.join(' ')}`, async () => {
      const { code, stdout, stderr } = await runHandset(words, here)
      assert.equal(code, 2)
      assert.equal(stdout, '')
      assert.match(stderr, /--help|Usage:/)
      assert.doesNotMatch(stderr, /\bat .+:\d+:\d+/)
    })
  }

  it('does not include asking for help or the version, which exit with 0', async () => {
    assert.match(await runForText('--help'), /HANDSET_DATA[\s\S]*Exit codes: 0 success, 1 failure, 2 wrong usage/)
    assert.match(await runForText('keys', 'create', '--help'), /Example:/)
    assert.match(await runForText('--version'), /^\d+\.\d+\.\d+\n$/)
  })
})

describe('the data directory', () => {
  it('is --data, else HANDSET_DATA, else ./data', async () => {
    const place = await makeDirectory()
    const create = (id: string, words: string[], env: Record<string, string> = {}) =>
      runForJson([...words, 'projects', 'create', id, '--type', 'test'], { cwd: place, env })
    await create('in-data', [])
    await create('in-environment', [], { HANDSET_DATA: 'environment' })
    await create('in-option', ['--data', 'option'], { HANDSET_DATA: 'environment' })
    for (const [directory, id] of [
      ['data', 'in-data'],
      ['environment', 'in-environment'],
      ['option', 'in-option'],
    ] as const) {
      const projects = await runForJson(['projects', 'list', '--data', directory], { cwd: place })
      assert.deepEqual(
        projects.map((project: { id: string }) => project.id),
        [id],
      )
    }
  })
})
