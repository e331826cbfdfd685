import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import {
  createDevice,
  createSim,
  createUser,
  createUserClient,
  fillDevices,
  makeEmail,
  makeIccid,
  makeImei,
} from '../support/factories.ts'
import { type ApiResponse, type Client, startServer, type TestProject } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')
const live = await server.addProject('live', 'live')
const CSV = { 'content-type': 'text/csv' }
const NDJSON = { 'content-type': 'application/x-ndjson' }

type Result = ApiResponse['body']

async function importInto({ call }: { call: Client }, rows: readonly unknown[]): Promise<Result[]> {
  const raw = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n')
  server.log.remember(rows)
  const { status, body } = await call('POST', './devices/import', { raw, headers: NDJSON })
  assert.equal(status, 200)
  const [summary] = body.splice(-1)
  assert.deepEqual([summary.object, summary.rows, summary.complete], ['importSummary', body.length, true])
  return body
}

/** Sends half of the rows, waits until they are stored, sends the rest up to the middle of the last row, and disconnects. */
async function importAndDisconnect(project: TestProject, rows: readonly Row[]): Promise<void> {
  const outgoing = startImport(project)
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`)
  const half = rows.length / 2
  outgoing.write(lines.slice(0, half).join(''))
  await untilStored(project, rows[half - 1] as Row)
  const closed = new Promise((resolve) => outgoing.once('close', resolve))
  outgoing.write(lines.slice(half).join('').slice(0, -10), () => outgoing.destroy())
  await closed
}

interface Row {
  imei: string
}

/** An import whose body is still to be sent. */
function startImport({ project, token }: TestProject) {
  const outgoing = request(`${server.url}/projects/${project.id}/devices/import`, {
    method: 'POST',
    headers: { ...NDJSON, authorization: `Bearer ${token}` },
  })
  return outgoing.on('error', () => {})
}

async function untilStored({ call }: TestProject, { imei }: Row): Promise<void> {
  const end = Date.now() + 20_000
  while ((await call('POST', './devices/search', { body: { imei } })).body.items.length === 0) {
    assert.ok(Date.now() < end, 'the row is stored in time')
  }
}

function statuses(results: Result[]): string[] {
  return results.map(({ status }) => status)
}

async function exported(
  { call }: { call: Client },
  format: 'csv' | 'ndjson',
  kind: 'devices' | 'sims' | 'users' = 'devices',
): Promise<ApiResponse['body']> {
  const { status, body } = await call('GET', `./${kind}/export?format=${format}`)
  assert.equal(status, 200)
  return body
}

describe('an import of devices', () => {
  it('creates devices with the user, SIMs, name and metadata that their lines name', async () => {
    const user = await createUser(demo)
    const sims = [await createSim(demo), await createSim(demo)]
    const rows = [
      {
        imei: makeImei(),
        user: user.email.toUpperCase(),
        iccids: [`${sims[1].iccid}F`, sims[0].iccid],
        name: 'Imported',
        metadata: { colour: 'black', constructor: '' },
      },
      { imei: makeImei(), user: user.id },
      { imei: makeImei(), user: null, iccids: null, name: null },
    ]
    const results = await importInto(demo, rows)
    assert.deepEqual(
      results.map(({ object, line, status }) => [object, line, status]),
      [1, 2, 3].map((line) => ['importResult', line, 'created']),
    )
    const { body: device } = await demo.call('GET', `./devices/${results[0].id}`)
    assert.deepEqual(
      [device.imei, device.name, device.metadata, device.user.id],
      [rows[0]?.imei, 'Imported', { colour: 'black', constructor: '' }, user.id],
    )
    assert.deepEqual(
      device.sims.map(({ id }: { id: string }) => id),
      [sims[1].id, sims[0].id],
    )
    const { body: second } = await demo.call('GET', `./devices/${results[1].id}`)
    assert.equal(second.user.id, user.id)
  })

  it('leaves an existing device unchanged when it already has everything its line states', async () => {
    const user = await createUser(demo)
    const sim = await createSim(demo)
    const rows = [
      { imei: makeImei(), user: user.email, iccids: [sim.iccid], name: 'Once', metadata: { a: '1' } },
      { imei: makeImei() },
    ]
    const [first, second] = await importInto(demo, [...rows, rows[0]])
    const again = await importInto(demo, [...rows, { imei: rows[0]?.imei }, { imei: rows[0]?.imei, metadata: {} }])
    assert.deepEqual(statuses(again), ['unchanged', 'unchanged', 'unchanged', 'unchanged'])
    assert.deepEqual(
      again.map(({ id }) => id),
      [first.id, second.id, first.id, first.id],
    )
  })

  it('rejects a line that contradicts an existing device, names what differs, and changes nothing', async () => {
    const device = await createDevice(demo, { name: 'As it was', metadata: { a: '1' } })
    const { imei } = device
    const user = await createUser(demo)
    const sim = await createSim(demo)
    const results = await importInto(demo, [
      { imei, name: 'Otherwise' },
      { imei, name: null, metadata: { a: '2' } },
      { imei, user: user.email },
      { imei, iccids: [sim.iccid] },
    ])
    for (const [position, differing] of ['name', 'name, metadata', 'user', 'iccids'].entries()) {
      assert.equal(results[position].error.code, 'deviceImeiAlreadyExists')
      assert.match(results[position].error.message, new RegExp(`with a different ${differing}$`))
    }
    assert.deepEqual((await demo.call('GET', `./devices/${device.id}`)).body, device)
  })

  it('rejects invalid lines with the messages of the API, and imports the rest', async () => {
    const usedSim = await createSim(demo)
    await createDevice(demo, { sims: [usedSim.id] })
    const free = await createSim(demo)
    const foreign = { user: await createUser(live), sim: await createSim(live) }
    const good = { imei: makeImei(), iccids: [free.iccid] }
    const results = await importInto(demo, [
      { imei: '12' },
      { name: 'no imei' },
      { imei: makeImei(), nmae: 'x' },
      { imei: makeImei(), metadata: { 'gigs.com/x': '1' } },
      { imei: makeImei(), user: makeEmail() },
      { imei: makeImei(), user: foreign.user.id },
      { imei: makeImei(), iccids: [makeIccid(), foreign.sim.iccid] },
      { imei: makeImei(), iccids: [usedSim.iccid] },
      { imei: makeImei(), iccids: ['123'] },
      { imei: makeImei(), iccids: [free.iccid, `${free.iccid}F`] },
      good,
      { imei: makeImei(), iccids: [free.iccid] },
      '{"imei":',
      '',
      '   ',
      good,
    ])
    assert.deepEqual(statuses(results), [
      ...Array.from({ length: 10 }, () => 'rejected'),
      ...['created', 'rejected', 'rejected', 'unchanged'],
    ])
    assert.equal(results.at(-1).line, 16)
    const properties = results.map(({ error }) =>
      (error?.details ?? []).map(({ property }: { property: string }) => property).join(' '),
    )
    assert.deepEqual(properties.slice(0, 12), [
      'imei',
      'imei',
      'nmae',
      'metadata.gigs.com/x',
      'user',
      'user',
      'iccids[0] iccids[1]',
      'iccids[0]',
      'iccids[0]',
      'iccids',
      '',
      'iccids[0]',
    ])
    const { body: alone } = await demo.call('POST', './devices', { body: { imei: '12' } })
    assert.deepEqual(results[0].error, alone)
  })

  it('checks the check digit in a live project, and accepts an IMEISV for its IMEI', async () => {
    const imei = makeImei()
    const wrong = imei.slice(0, 14) + ((Number(imei[14]) + 1) % 10)
    const results = await importInto(live, [{ imei: wrong }, { imei: `${imei.slice(0, 14)}07` }, { imei }])
    assert.deepEqual(statuses(results), ['rejected', 'created', 'unchanged'])
    assert.deepEqual(statuses(await importInto(demo, [{ imei: wrong }])), ['created'])
  })

  it('stores each part of a body as it arrives, and responds once the body has ended', async () => {
    const outgoing = startImport(demo)
    let isAnswered = false
    const answered = once(outgoing, 'response').finally(() => {
      isAnswered = true
    })
    const rows = [{ imei: makeImei() }, { imei: makeImei() }]
    for (const row of rows) {
      outgoing.write(`${JSON.stringify(row)}\n`)
      await untilStored(demo, row)
      // Proxies and many clients stop sending when a response arrives, or read none before they have sent everything.
      assert.equal(isAnswered, false)
    }
    outgoing.end()
    const [incoming] = await answered
    const lines = (await text(incoming)).trimEnd().split('\n')
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)).map(({ status, complete }) => status ?? complete),
      ['created', 'created', true],
    )
    assert.equal(incoming.headers['content-length'], String(`${lines.join('\n')}\n`.length))
  })

  it('keeps what it stored, in whole rows, when clients disconnect midway, and goes on serving', async () => {
    const project = await server.addProject('gone', 'test')
    const expected = { name: 'Whole', metadata: { batch: '7' } }
    // More clients than a store has connections, so that none can stay in a transaction.
    const fleets = Array.from({ length: 12 }, () =>
      Array.from({ length: 40 }, () => ({ imei: makeImei(), ...expected })),
    )
    server.log.remember(fleets)
    await Promise.all(fleets.map((rows) => importAndDisconnect(project, rows)))

    const lines = await exported(project, 'ndjson')
    const stored = new Set(lines.map(({ imei }: Row) => imei))
    for (const rows of fleets) for (const { imei } of rows.slice(0, 20)) assert.ok(stored.has(imei))
    const cut = new Set(fleets.map((rows) => rows.at(-1)?.imei))
    for (const { imei, name, metadata } of lines) {
      assert.deepEqual({ name, metadata }, expected)
      assert.ok(!cut.has(imei))
    }
    const again = await importInto(project, fleets.flat())
    const present = new Set(again.filter(({ status }) => status === 'unchanged').map(({ id }) => id))
    for (const { id } of lines) assert.ok(present.has(id))
    assert.equal((await exported(project, 'ndjson')).length, fleets.flat().length)
    assert.deepEqual([...new Set(statuses(await importInto(project, fleets.flat())))], ['unchanged'])
    const failures = server.log.lines().filter((line) => JSON.parse(line).level >= 50)
    assert.deepEqual(failures, [], 'a client that disconnects is not a server failure')
  })

  it('rejects user tokens', async () => {
    const user = await createUser(demo)
    const call = await createUserClient(server, demo, user.id)
    const raw = JSON.stringify({ imei: makeImei() })
    const { status, body } = await call('POST', './devices/import', { raw, headers: NDJSON })
    assert.deepEqual([status, body.type], [403, 'permissionDenied'])
  })

  it('accepts more lines than fit in one batch', async () => {
    const project = await server.addProject('batches', 'test')
    const rows = Array.from({ length: 1_300 }, () => ({ imei: makeImei() }))
    const results = await importInto(project, rows)
    assert.deepEqual([...new Set(statuses(results))], ['created'])
    assert.deepEqual(
      results.map(({ line }) => line),
      rows.map((_, position) => position + 1),
    )
    assert.deepEqual([...new Set(statuses(await importInto(project, rows)))], ['unchanged'])
  })
})

/** CSV as Excel saves it where the decimal separator is a comma: semicolons, booleans in capitals, quotes as needed. */
function asExcelSaves(text: string): string {
  const rows: string[][] = parse(text, { bom: true, relax_column_count: true })
  const cell = (value: string) => {
    const shown = value === 'true' || value === 'false' ? value.toUpperCase() : value
    return /[;"\r\n]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown
  }
  return `\ufeff${rows.map((row) => `${row.map(cell).join(';')}\r\n`).join('')}`
}

describe('imports of devices, users and SIMs', () => {
  const results = async (kind: string, raw: string | Buffer, type: string, headers = {}, query = '') => {
    const asked = { raw, headers: { 'content-type': type, ...headers } }
    const { status, body } = await demo.call('POST', `./${kind}/import${query}`, asked)
    assert.equal(status, 200)
    const { object, ...summary } = body.at(-1)
    assert.equal(object, 'importSummary')
    return { statuses: statuses(body.slice(0, -1)), summary }
  }
  const all = (status: string) => ({
    ...{ rows: 1, created: 0, updated: 0, unchanged: 0, rejected: 0, [status]: 1, complete: true },
  })

  it('accept NDJSON in three media types and CSV, gzipped or not', async () => {
    for (const type of ['application/x-ndjson', 'application/ndjson', 'application/jsonl; charset=utf8']) {
      const { summary } = await results('devices', `${JSON.stringify({ imei: makeImei() })}\n`, type)
      assert.deepEqual(summary, all('created'))
    }
    for (const [kind, make] of [
      ['devices', () => `imei\r\n${makeImei()}\r\n`],
      ['users', () => `email\r\n${makeEmail()}\r\n`],
      ['sims', () => `iccid\r\n${makeIccid()}\r\n`],
    ] as const) {
      assert.deepEqual((await results(kind, make(), 'text/csv')).summary, all('created'))
      const gzipped = gzipSync(make())
      const { summary } = await results(kind, gzipped, 'text/csv', { 'content-encoding': 'gzip' })
      assert.deepEqual(summary, all('created'))
      assert.deepEqual((await results(kind, gzipped, 'text/csv')).summary, all('unchanged'))
    }
  })

  it('change what is stored with update, and reject it otherwise', async () => {
    const email = makeEmail()
    const rows = ['Anna A', 'Anna A', 'Anna B'].map((name) => `email,fullName\n${email},${name}\n`)
    const outcomes = []
    for (const row of rows) outcomes.push((await results('users', row, 'text/csv')).statuses[0])
    outcomes.push((await results('users', rows[2] as string, 'text/csv', {}, '?update=true')).statuses[0])
    assert.deepEqual(outcomes, ['created', 'unchanged', 'rejected', 'updated'])
    const { status } = await demo.call('POST', './users/import?update=1', { raw: 'email\n', headers: CSV })
    assert.equal(status, 422)
  })

  it('give each row its result with dryRun, and store nothing', async () => {
    const [known, email] = [makeEmail(), makeEmail()]
    await results('users', `email,fullName\n${known},Anna A\n`, 'text/csv')
    const rows = `email,fullName\n${known},Anna B\n${email},New\n${email},Twice\n`
    const query = (update: boolean) => `?dryRun=true&update=${update}`
    const strict = await results('users', rows, 'text/csv', {}, query(false))
    assert.deepEqual(strict.statuses, ['rejected', 'created', 'rejected'])
    const updating = await results('users', rows, 'text/csv', {}, query(true))
    assert.deepEqual(updating.statuses, ['updated', 'created', 'updated'])
    const search = async (email: string) => (await demo.call('POST', './users/search', { body: { email } })).body.items
    assert.deepEqual(await search(email), [])
    assert.equal((await search(known))[0].fullName, 'Anna A')
    const unknown = `imei,user\n${makeImei()},${email}\n`
    assert.deepEqual((await results('devices', unknown, 'text/csv', {}, query(false))).statuses, ['rejected'])
  })

  it('reject a file with an unknown column and name it, before any row is stored', async () => {
    const imei = makeImei()
    const raw = `imei,IMEI Number,nmae,name,Name\n${imei},1,2,3,4\n`
    const { status, body } = await demo.call('POST', './devices/import', { raw, headers: CSV })
    assert.equal(status, 422)
    assert.deepEqual(
      body.details.map(({ property, suggestion }: ApiResponse['body']) => [property, suggestion]),
      [
        ['IMEI Number', 'imei'],
        ['nmae', 'name'],
        ['Name', null],
      ],
    )
    const { body: found } = await demo.call('POST', './devices/search', { body: { imei } })
    assert.deepEqual(found.items, [])
  })

  it('report how a body differs from its declared type', async () => {
    for (const [raw, headers, status] of [
      ['imei\n', { 'content-type': 'text/csv; charset=iso-8859-7' }, 415],
      ['imei\n', { 'content-type': 'text/plain' }, 415],
      ['imei\n', { 'content-type': 'text/csv', 'content-encoding': 'br' }, 415],
      ['imei\n', { 'content-type': 'text/csv', 'content-encoding': 'gzip' }, 400],
      ['', { 'content-type': 'text/csv' }, 400],
      ['\n\n', { 'content-type': 'text/csv' }, 400],
      [Buffer.from('imei,n\xe4me\n', 'latin1'), { 'content-type': 'text/csv' }, 400],
    ] as const) {
      const answer = await demo.call('POST', './devices/import', { raw, headers })
      assert.deepEqual([answer.status, answer.body.object], [status, 'error'], JSON.stringify(headers))
    }
  })

  it('end with an incomplete summary, after the error, if the body cannot be read to its end', async () => {
    const gzipped = gzipSync(`imei\n${Array.from({ length: 3_000 }, () => `${makeImei()}\n`).join('')}`)
    const raw = gzipped.subarray(0, gzipped.length - 200)
    const { status, body } = await demo.call('POST', './devices/import', { raw, headers: CSV })
    assert.equal(status, 200)
    const [error, summary] = body.slice(-2)
    assert.deepEqual([error.object, summary.object, summary.complete], ['error', 'importSummary', false])
    assert.equal(summary.rows, body.length - 2)
  })
})

const ODD_NAMES = ['=1+1', '+1', '-1', '@x', '\tx', '\rx', "'=x", "'", "''=", 'a,"b"\r\nc', ' padded ', '💥', ';']

/** A project with devices that have every kind of value, and a second project with the same users and SIMs. */
async function makeTwins(name: string): Promise<[TestProject, TestProject]> {
  const twins = [
    await server.addProject(`${name}-one`, 'test'),
    await server.addProject(`${name}-two`, 'test'),
  ] as const
  const email = makeEmail()
  const iccids = [makeIccid(), makeIccid()]
  const made = []
  for (const project of twins) {
    const user = await createUser(project, { email })
    const sims = [await createSim(project, { iccid: iccids[0] }), await createSim(project, { iccid: iccids[1] })]
    made.push({ user, sims })
  }
  const [{ user, sims }] = made as [(typeof made)[number]]
  for (const odd of ODD_NAMES) await createDevice(twins[0], { name: odd, metadata: { odd, empty: '' } })
  await createDevice(twins[0], {
    user: user.id,
    sims: [sims[1].id, sims[0].id],
    metadata: JSON.parse('{"__proto__":"x","a,b":"1"}'),
  })
  await createDevice(twins[0])
  return [...twins]
}

function withoutIds(lines: ApiResponse['body']) {
  return lines.map(({ id: _, ...rest }: { id: string }) => rest)
}

describe('an export', () => {
  it('of devices in NDJSON is reproduced, except for ids, by an import into an empty project', async () => {
    const [one, two] = await makeTwins('ndjson')
    const lines = await exported(one, 'ndjson')
    assert.equal(lines.length, ODD_NAMES.length + 2)
    assert.deepEqual([...new Set(statuses(await importInto(two, lines)))], ['created'])
    assert.deepEqual(withoutIds(await exported(two, 'ndjson')), withoutIds(lines))
    assert.deepEqual([...new Set(statuses(await importInto(one, lines)))], ['unchanged'])
  })

  it('in CSV has no cell that a spreadsheet interprets as a formula', async () => {
    const [one] = await makeTwins('csv')
    const text: string = await exported(one, 'csv')
    const [header = '', ...rows] = text.split('\r\n')
    assert.equal(header, '\ufeffid,imei,user,iccids,name,metadata.__proto__,"metadata.a,b",metadata.empty,metadata.odd')
    assert.ok(rows.length > ODD_NAMES.length)
    assert.doesNotMatch(text, /(^|,)"?([=+\-@\t]|\r(?!\n))/m)
    assert.match(rows[0] as string, /,'=1\+1,,,',/)
  })

  it("of SIMs includes retired ones, and of users all their properties; it never includes another project's", async () => {
    const project = await server.addProject('whole', 'test')
    const metadata = { batch: '7' }
    const sim = await createSim(project, { status: 'retired', type: 'pSIM', provider: 'p9', metadata })
    const user = await createUser(project, { fullName: '', birthday: '2017-07-21', emailVerified: true })
    const { object: _sim, createdAt: _madeThen, ...ofSim } = sim
    const { object: _user, createdAt: _madeLater, ...ofUser } = user
    assert.deepEqual(await exported(project, 'ndjson', 'sims'), [ofSim])
    assert.deepEqual(await exported(project, 'ndjson', 'users'), [ofUser])
    assert.equal(
      await exported(project, 'csv', 'sims'),
      `\ufeffid,iccid,type,provider,status,metadata.batch\r\n${sim.id},${sim.iccid},pSIM,p9,retired,7\r\n`,
    )
    assert.equal(
      await exported(project, 'csv', 'users'),
      '\ufeffid,email,fullName,birthday,preferredLocale,emailVerified\r\n' +
        `${user.id},${user.email},',2017-07-21,${user.preferredLocale},true\r\n`,
    )
  })

  it('in CSV can be saved by Excel, and imported again without a change', async () => {
    const project = await server.addProject('excel', 'test')
    const names = { fullName: 'Käthe, "K"; Groß', birthday: '1990-01-31', emailVerified: true }
    const user = await createUser(project, { ...names, metadata: { note: '=1+1' } })
    const sim = await createSim(project, { metadata: { note: "'" } })
    await createDevice(project, { name: 'Käthe', user: user.id, sims: [sim.id] })
    for (const kind of ['users', 'sims', 'devices'] as const) {
      const text: string = await exported(project, 'csv', kind)
      assert.ok(text.startsWith('\ufeff'))
      for (const [form, saved] of Object.entries({ text, excel: asExcelSaves(text) })) {
        const { status, body } = await project.call('POST', `./${kind}/import?update=true`, {
          raw: saved,
          headers: CSV,
        })
        assert.equal(status, 200)
        const { rows, unchanged } = body.at(-1)
        assert.deepEqual([rows, unchanged], [1, 1], `${kind}, ${form}: ${JSON.stringify(body)}`)
      }
    }
  })

  it('is a consistent snapshot, whatever is written while it is read', async () => {
    const project = await server.addProject('moment', 'test')
    const made = Array.from({ length: 4_000 }, () => ({ imei: makeImei(), name: 'x'.repeat(255) }))
    const ids = await fillDevices(server.context, project, made)
    const outgoing = request(`${server.url}/projects/moment/devices/export`, {
      headers: { authorization: `Bearer ${project.token}` },
    })
    outgoing.end()
    const [incoming] = await once(outgoing, 'response')
    // The server can write only a small part before it has to wait for the reader.
    const before: Buffer[] = [(await once(incoming, 'data'))[0]]
    incoming.pause()
    for (const id of ids.slice(0, 3)) await project.call('DELETE', `./devices/${id}`)
    await createDevice(project)
    incoming.on('data', (chunk: Buffer) => before.push(chunk)).resume()
    await once(incoming, 'end')
    const lines = Buffer.concat(before).toString('utf8').trimEnd().split('\n')
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).id),
      ids.toReversed(),
    )
  })

  it('of an empty project is empty, except for the header row in CSV', async () => {
    const project = await server.addProject('empty', 'test')
    assert.deepEqual(await exported(project, 'ndjson'), [])
    assert.equal(await exported(project, 'csv'), '\ufeffid,imei,user,iccids,name\r\n')
    for (const kind of ['devices', 'sims', 'users']) {
      const { status, headers } = await project.call('HEAD', `./${kind}/export`)
      assert.equal(status, 200)
      assert.match(headers['content-type'] ?? '', /^application\/x-ndjson/)
    }
  })
})
