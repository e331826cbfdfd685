import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Readable } from 'node:stream'
import { after, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { importStarterCatalogue } from '../../src/catalogue/starter.ts'
import { DEVICE_TYPES } from '../../src/contract/device-kinds.ts'
import { migrate } from '../../src/db/migrate.ts'
import { SetupError } from '../../src/errors.ts'
import { importInto } from '../support/catalogue.ts'
import { assertOneLine, runForJson, runHandset, startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'
import { makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'
import { contextOf, digestsOf, openStore } from '../support/store.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')

const NOTHING = { rows: 0, added: 0, changed: 0, unchanged: 0, outranked: 0, rejected: 0 }
const HEADER = 'tac,brand,name,type,simTypes\n'

let made = 0

/** A TAC that no test has used. */
function newTac(): string {
  made += 1
  return `9000${String(made).padStart(4, '0')}`
}

async function modelOf(tac: string) {
  const { body } = await demo.call('POST', '/deviceModels/search', { body: { imei: makeImei(tac) } })
  return body.items[0]
}

/** Starts a server on loopback and returns its URL. */
async function serve(answer: RequestListener): Promise<string> {
  const source = createServer(answer).listen(0, '127.0.0.1')
  after(() => source.close())
  await once(source, 'listening')
  return `http://127.0.0.1:${(source.address() as AddressInfo).port}`
}

describe("Handset's own CSV", () => {
  it('provides brand, name, type and SIM types', async () => {
    const tac = newTac()
    const { summary } = await importInto(server.context, `${HEADER}${tac},Own,Phone 1,smartphone,eSIM+pSIM\n`)
    assert.deepEqual(summary, { ...NOTHING, rows: 1, added: 1 })
    const { id: _, ...model } = await modelOf(tac)
    assert.deepEqual(model, {
      object: 'deviceModel',
      brand: 'Own',
      name: 'Phone 1',
      simTypes: ['eSIM', 'pSIM'],
      type: 'smartphone',
    })
  })

  it("accepts each of the reference's ten types", async () => {
    assert.equal(DEVICE_TYPES.length, 10)
    for (const type of DEVICE_TYPES) {
      const tac = newTac()
      await importInto(server.context, `${HEADER}${tac},Own,Type ${type},${type},\n`)
      assert.equal((await modelOf(tac)).type, type)
    }
  })

  it('accepts one SIM type, both in either order, or none', async () => {
    for (const [text, simTypes] of [
      ['eSIM', ['eSIM']],
      ['pSIM', ['pSIM']],
      ['eSIM+pSIM', ['eSIM', 'pSIM']],
      ['pSIM+eSIM', ['eSIM', 'pSIM']],
      ['', []],
    ] as const) {
      const tac = newTac()
      await importInto(server.context, `${HEADER}${tac},Own,SIM ${text},other,${text}\n`)
      assert.deepEqual((await modelOf(tac)).simTypes, simTypes)
    }
  })

  it('does not need types: a model without them has the type other and unknown SIM types', async () => {
    const tac = newTac()
    await importInto(server.context, `tac,brand,name\n${tac},Own,Untyped\n`)
    const { type, simTypes } = await modelOf(tac)
    assert.deepEqual([type, simTypes], ['other', []])
  })

  it('keeps what an earlier file stated about a TAC if a later row states less', async () => {
    const tac = newTac()
    await importInto(server.context, `${HEADER}${tac},Own,Known,tablet,eSIM\n`)
    await importInto(server.context, `tac,brand,name\n${tac},Own,Known\n`)
    const { type, simTypes } = await modelOf(tac)
    assert.deepEqual([type, simTypes], ['tablet', ['eSIM']])
  })

  it('is read by column name, in any order, and ignores other columns', async () => {
    const tac = newTac()
    await importInto(server.context, `simTypes,colour,name,type,tac,brand\npSIM,red,Reordered,car,${tac},Own\n`)
    const { brand, name, type, simTypes } = await modelOf(tac)
    assert.deepEqual([brand, name, type, simTypes], ['Own', 'Reordered', 'car', ['pSIM']])
  })

  it('keeps leading zeros of a TAC', async () => {
    await importInto(server.context, `${HEADER}01234567,Own,Zero,other,\n`)
    assert.equal((await modelOf('01234567')).name, 'Zero')
  })

  it('spells a brand the same for all its models, whatever the case in a row', async () => {
    const [first, second] = [newTac(), newTac()]
    await importInto(server.context, `${HEADER}${first},CamelCase,One,other,\n${second},CAMELCASE,Two,other,\n`)
    assert.equal((await modelOf(second)).brand, 'CamelCase')
  })

  describe('may hold', () => {
    const kinds: [string, (tac: string) => string, string][] = [
      ['a byte order mark', (tac) => `\ufeff${HEADER}${tac},Own,With BOM,,\n`, 'With BOM'],
      ['CRLF line ends', (tac) => `${HEADER}${tac},Own,With CRLF,,\n`.replaceAll('\n', '\r\n'), 'With CRLF'],
      ['mixed line ends', (tac) => `${HEADER}${newTac()},Own,A,,\r\n${tac},Own,Mixed,,\r\n`, 'Mixed'],
      ['no line end at the end', (tac) => `${HEADER}${tac},Own,Unended,,`, 'Unended'],
      ['a comma in quotes', (tac) => `${HEADER}${tac},Own,"Phone, big",,\n`, 'Phone, big'],
      ['a quote in quotes', (tac) => `${HEADER}${tac},Own,"7"" Tab",,\n`, '7" Tab'],
      ['a # inside a row', (tac) => `${HEADER}${tac},Own,Phone #1,,\n`, 'Phone #1'],
      ['comments', (tac) => `# mine\n${HEADER}# more\n${tac},Own,Commented,,\n# end\n`, 'Commented'],
      ['empty lines', (tac) => `\n${HEADER}\n\r\n${tac},Own,Spaced,,\n\n`, 'Spaced'],
      ['spaces around values', (tac) => `${HEADER} ${tac} , Own , Padded , tablet , eSIM \n`, 'Padded'],
      ['characters beyond ASCII', (tac) => `${HEADER}${tac},Øwn,Telefón 📱,,\n`, 'Telefón 📱'],
      ['a banner above the header', (tac) => `My list, 2026\n${HEADER}${tac},Own,Bannered,,\n`, 'Bannered'],
    ]
    for (const [what, write, name] of kinds) {
      it(what, async () => {
        const tac = newTac()
        const { rejects } = await importInto(server.context, write(tac))
        assert.deepEqual(rejects, [])
        assert.equal((await modelOf(tac)).name, name)
      })
    }

    it('characters that a chunk of the stream cuts in two', async () => {
      const tac = newTac()
      const bytes = Buffer.from(`${HEADER}${tac},Own,Größe 📱,,\r\n`)
      await importInto(server.context, Readable.from(Array.from(bytes, (byte) => Buffer.from([byte]))))
      assert.equal((await modelOf(tac)).name, 'Größe 📱')
    })
  })

  it('rejects an invalid row with its line, reason and text, and accepts the others', async () => {
    const [good, last] = [newTac(), newTac()]
    const { summary, rejects } = await importInto(
      server.context,
      [
        '# comment',
        'tac,brand,name,type,simTypes',
        `${good},Own,Good,smartphone,eSIM`,
        '1234567,Own,Short,,',
        '# before a bad one',
        '',
        '123456789,Own,Long,,',
        '12345678X,Own,Letter,,',
        '١٢٣٤٥٦٧٨,Own,Digits,,',
        ',Own,Nothing,,',
        `${newTac()},,Nameless,,`,
        `${newTac()},,,,`,
        `${newTac()},Own,Bad type,phone,`,
        `${newTac()},Own,Bad SIM,,iSIM`,
        `${newTac()},Own,Bad SIMs,,eSIM+eSIM`,
        `${newTac()},Own,${'x'.repeat(256)},,`,
        newTac(),
        `${last},Own,Last,,`,
      ].join('\r\n'),
    )
    assert.deepEqual(
      rejects.map(({ line, reason }) => `${line}: ${reason}`),
      [
        '4: the TAC "1234567" has 7 digits, not 8: a spreadsheet may have removed a leading zero. Format the column as text',
        '7: the TAC "123456789" is not 8 digits',
        '8: the TAC "12345678X" is not 8 digits',
        '9: the TAC "١٢٣٤٥٦٧٨" is not 8 digits',
        '10: the TAC "" is not 8 digits',
        '11: the brand is empty',
        '12: the brand is empty',
        `13: the type "phone" is not one of ${DEVICE_TYPES.join(', ')}`,
        '14: the SIM types "iSIM" are not eSIM, pSIM or eSIM+pSIM',
        '15: the SIM types "eSIM+eSIM" are not eSIM, pSIM or eSIM+pSIM',
        '16: the name is longer than 255 characters',
        '17: the brand is empty',
      ],
    )
    assert.deepEqual(
      rejects.slice(0, 2).map(({ text }) => text),
      ['1234567,Own,Short,,', '123456789,Own,Long,,'],
    )
    assert.deepEqual(summary, { ...NOTHING, rows: 14, added: 2, rejected: 12 })
    assert.equal((await modelOf(last)).name, 'Last')
  })

  it('keeps the first of two models for one TAC, and rejects the second with its line number', async () => {
    const tac = newTac()
    const { summary, rejects } = await importInto(
      server.context,
      `${HEADER}${tac},Own,First,,\n${tac},Own,Second,,\n${tac},OWN,FIRST,,\n`,
    )
    assert.deepEqual(summary, { ...NOTHING, rows: 3, added: 1, unchanged: 1, rejected: 1 })
    assert.deepEqual(rejects, [
      { line: 3, reason: `line 2 assigns TAC ${tac} to another model`, text: `${tac},Own,Second,,` },
    ])
    assert.equal((await modelOf(tac)).name, 'First')
  })

  it('splits a name into variants if its TACs have different SIM types, and gives the name its most common type', async () => {
    const tacs = [newTac(), newTac(), newTac(), newTac()]
    const [first, second, third, fourth] = tacs
    const file = `${HEADER}${first},Own,Variant,smartphone,eSIM\n${second},own,variant,smartphone,pSIM\n${third},Own,Variant,tablet,\n${fourth},Own,Variant,,eSIM\n`
    const { summary } = await importInto(server.context, file)
    assert.deepEqual(summary, { ...NOTHING, rows: 4, added: 4 })
    const models = await Promise.all(tacs.map(modelOf))
    assert.deepEqual(
      models.map(({ name, type, simTypes }) => `${name} ${type} ${simTypes}`.toLowerCase()),
      ['variant smartphone esim', 'variant smartphone psim', 'variant smartphone ', 'variant smartphone esim'],
    )
    assert.equal(models[0].id, models[3].id)
    assert.equal(new Set(models.map(({ id }) => id)).size, 3)
    const again = await importInto(server.context, file)
    assert.deepEqual([again.summary.unchanged + again.summary.outranked, again.models], [4, 0])
  })

  it('accepts its header in any case', async () => {
    const tac = newTac()
    const { summary } = await importInto(
      server.context,
      `TAC,Brand,Name,Type,SimTypes\n${tac},Own,Capital,router,pSIM\n`,
    )
    assert.equal(summary.added, 1)
    assert.deepEqual((await modelOf(tac)).simTypes, ['pSIM'])
  })

  it('changes nothing when imported again, and only the corrections when corrected', async () => {
    const [first, second, third] = [newTac(), newTac(), newTac()]
    const text = `${HEADER}${first},Own,Stays,tablet,eSIM\n${second},Own,Moves,tablet,\n${third},Own,Grows,,\n`
    await importInto(server.context, text)
    const again = await importInto(server.context, text)
    assert.deepEqual(again.summary, { ...NOTHING, rows: 3, unchanged: 3 })
    const corrected = await importInto(
      server.context,
      text.replace('Moves', 'Moved').replace('Grows,,', 'Grows,car,pSIM'),
    )
    assert.deepEqual(corrected.summary, { ...NOTHING, rows: 3, changed: 2, unchanged: 1 })
    assert.equal((await modelOf(second)).name, 'Moved')
    assert.deepEqual((await modelOf(third)).simTypes, ['pSIM'])
  })

  describe('without a known header', () => {
    for (const [what, text] of [
      ['nothing', ''],
      ['only comments', '# a\n# b\n'],
      ['rows alone', '12345678,Own,Phone\n'],
      ['another table', 'id,price\n1,2\n'],
      ['no name column', 'tac,brand\n12345678,Own\n'],
      ['a header too far down', `${'banner\n'.repeat(20)}${HEADER}12345678,Own,Phone,,\n`],
      ['bytes that are not text', '\u0000\u0001\u0002'],
    ] as const) {
      it(`is rejected as a whole, with the expected header: ${what}`, async () => {
        await assert.rejects(importInto(server.context, text), (error) => {
          assert.ok(error instanceof SetupError)
          assert.match(error.message, /^This does not look like a TAC database .*tac,brand,name,type,simTypes$/)
          return true
        })
        assert.equal(await modelOf('12345678'), undefined)
      })
    }
  })

  it('may have a quote inside a cell; an unclosed or misplaced quote spoils only its own row', async () => {
    const tacs = Array.from({ length: 5 }, newTac)
    const { summary, rejects, damage } = await importInto(
      server.context,
      `tac,brand,name\n${tacs[0]},Own,7" Tab\n${tacs[1]},Own,"Open\n${tacs[2]},Own,After\n${tacs[3]},Own,"7" Tab\n${tacs[4]},Own,"Ends`,
    )
    assert.equal((await modelOf(tacs[0] as string)).name, '7" Tab')
    assert.equal((await modelOf(tacs[2] as string)).name, 'After')
    assert.deepEqual(summary, { ...NOTHING, rows: 5, added: 2, rejected: 3 })
    assert.deepEqual(
      rejects.map(({ line, reason, text }) => ({ line, reason, text })),
      [
        { line: 3, reason: 'A quote in this row is not closed', text: `${tacs[1]},Own,"Open` },
        { line: 5, reason: 'Text follows the closing quote of a cell', text: `${tacs[3]},Own,"7" Tab` },
        { line: 6, reason: 'A quote in this row is not closed', text: `${tacs[4]},Own,"Ends` },
      ],
    )
    assert.deepEqual(damage, { repeated: 0, cut: 0, quotes: 3 })
  })

  it('is read as spreadsheets write it', async () => {
    for (const [name, write] of [
      ['Semicolons', (tac: string) => `tac;brand;name;type;simTypes\r\n${tac};Own;Semicolons;Tablet;eSIM, pSIM\r\n`],
      ['Sep', (tac: string) => `sep=;\r\ntac;brand;name;type;simTypes\r\n${tac};Own;Sep;TABLET;esim+psim\r\n`],
      ['CR', (tac: string) => `tac,brand,name,type,simTypes\r${tac},Own,CR,tablet,eSIM+pSIM\r`],
      ['Tabs', (tac: string) => `tac\tbrand\tname\ttype\tsimTypes\n${tac}\tOwn\tTabs\ttablet\teSIM+pSIM\n`],
      ['Formula', (tac: string) => `${HEADER}"=""${tac}""",Own,Formula,tablet,eSIM|pSIM\n`],
      ['Apostrophe', (tac: string) => `${HEADER}'${tac},Own,Apostrophe,tablet,eSIM pSIM\n`],
      ['Commas only', (tac: string) => `${HEADER},,,,\n${tac},Own,Commas only,tablet,eSIM/pSIM\n,,,,\n`],
      ['UTF-16', (tac: string) => Buffer.from(`\ufeff${HEADER}${tac},Own,UTF-16,tablet,eSIM+pSIM\n`, 'utf16le')],
    ] as const) {
      for (const isBytewise of [false, true]) {
        const tac = newTac()
        const bytes = Buffer.from(write(tac))
        const pieces = isBytewise ? Array.from(bytes, (byte) => Buffer.from([byte])) : [bytes]
        const { rejects, summary } = await importInto(server.context, Readable.from(pieces))
        assert.deepEqual([name, rejects, summary.rows, summary.added], [name, [], 1, 1])
        const model = await modelOf(tac)
        assert.deepEqual([model.name, model.type, model.simTypes], [name, 'tablet', ['eSIM', 'pSIM']])
      }
    }
  })

  it('reports what a spreadsheet did to a TAC', async () => {
    const { rejects } = await importInto(server.context, `${HEADER}1234567,Own,Short,,\n4.9E+07,Own,Number,,\n`)
    assert.match(rejects[0]?.reason ?? '', /7 digits, not 8: a spreadsheet may have removed a leading zero/)
    assert.match(rejects[1]?.reason ?? '', /turned into a number by a spreadsheet/)
  })

  it('accepts a brand without a name, which a name replaces', async () => {
    const tac = newTac()
    await importInto(server.context, `${HEADER}${tac},Unnamed,,,\n`)
    const { brand, name } = await modelOf(tac)
    assert.deepEqual([brand, name], ['Unnamed', 'Unnamed'])
    await importInto(server.context, `tac,name,name\n${tac},Unnamed,Phone 7\n`)
    assert.equal((await modelOf(tac)).name, 'Phone 7')
  })

  it('is rejected as a whole if its header has a column twice', async () => {
    for (const header of ['tac,brand,name,Name', 'TAC,brand,tac,name', 'tac,name,name,brand']) {
      await assert.rejects(importInto(server.context, `${header}\n${newTac()},A,B,C\n`), /the column "\w+" twice/)
    }
  })

  it('may hold a line end in quotes', async () => {
    const [tac, next] = [newTac(), newTac()]
    const { rejects } = await importInto(server.context, `${HEADER}${tac},Own,"Two\nlines",,\n${next},Own,Next,,\n`)
    assert.deepEqual(rejects, [])
    assert.equal((await modelOf(tac)).name, 'Two lines')
    assert.equal((await modelOf(next)).name, 'Next')
  })
})

describe('the rank of a source', () => {
  it('lets a higher source correct a lower one, and never the reverse', async () => {
    const tac = newTac()
    const rows = (name: string) => `tac,name,name\n${tac},Ranked,${name}\n`
    const own = `tac,brand,name\n${tac},Ranked,From csv\n`
    const take = async (text: string, source: 'osmocom' | 'starter' | 'csv') =>
      (await importInto(server.context, text, { source })).summary

    assert.deepEqual(await take(rows('From osmocom'), 'osmocom'), { ...NOTHING, rows: 1, added: 1 })
    assert.deepEqual(await take(rows('From starter'), 'starter'), { ...NOTHING, rows: 1, changed: 1 })
    assert.deepEqual(await take(own, 'csv'), { ...NOTHING, rows: 1, changed: 1 })
    assert.deepEqual(await take(rows('From osmocom'), 'osmocom'), { ...NOTHING, rows: 1, outranked: 1 })
    assert.deepEqual(await take(rows('From starter'), 'starter'), { ...NOTHING, rows: 1, outranked: 1 })
    assert.equal((await modelOf(tac)).name, 'From csv')
    assert.deepEqual(await take(rows('From csv'), 'osmocom'), { ...NOTHING, rows: 1, unchanged: 1 })
  })

  it('holds for the type of a name, and for the SIM types of each TAC', async () => {
    const [tac, theirs] = [newTac(), newTac()]
    await importInto(server.context, `${HEADER}${tac},Ranked,Kinds,tablet,eSIM\n`, { source: 'csv' })
    const text = `${HEADER}${theirs},Ranked,Kinds,smartphone,eSIM+pSIM\n${tac},Ranked,Kinds,smartphone,eSIM+pSIM\n`
    const { added, outranked } = (await importInto(server.context, text, { source: 'starter' })).summary
    assert.deepEqual([added, outranked], [1, 1])
    const models = [await modelOf(theirs), await modelOf(tac)]
    assert.deepEqual(
      models.map(({ type, simTypes }) => [type, simTypes]),
      [
        ['tablet', ['eSIM', 'pSIM']],
        ['tablet', ['eSIM']],
      ],
    )
  })

  it('lets a lower source add what no other source states: the type of the name, and the SIM types of its own TAC', async () => {
    const [tac, theirs] = [newTac(), newTac()]
    await importInto(server.context, `tac,brand,name\n${tac},Ranked,Unknown kinds\n`, { source: 'csv' })
    await importInto(server.context, `${HEADER}${theirs},Ranked,Unknown kinds,tablet,eSIM\n`, { source: 'starter' })
    const model = await modelOf(tac)
    assert.deepEqual([model.type, model.simTypes], ['tablet', []])
    await importInto(server.context, `${HEADER}${tac},Ranked,Other name,tablet,pSIM\n`, { source: 'starter' })
    const { name, simTypes } = await modelOf(tac)
    assert.deepEqual([name, simTypes], ['Unknown kinds', ['pSIM']])
  })

  it("keeps an operator's correction of a starter TAC when the server starts again", async () => {
    await importInto(server.context, `${HEADER}49238884,Apple,iPhone 12 Pro,tablet,eSIM\n`)
    await importStarterCatalogue(server.context)
    const { type, simTypes } = await modelOf('49238884')
    assert.deepEqual([type, simTypes], ['tablet', ['eSIM']])
    await importInto(server.context, `${HEADER}49238884,Apple,iPhone 12 Pro,smartphone,eSIM+pSIM\n`)
  })
})

describe('an interrupted import', () => {
  const tacs = Array.from({ length: 2_500 }, (_, row) => `91${String(row).padStart(6, '0')}`)
  const rows = tacs.map((tac) => `${tac},Long,Model ${tac}\n`).join('')
  const text = `tac,brand,name\n${rows}`

  it('changes nothing, leaves nothing behind, and imports everything when run again', async () => {
    const interruption = new AbortController()
    await assert.rejects(
      importInto(server.context, text, { signal: interruption.signal, onProgress: () => interruption.abort() }),
      /interrupted, and nothing was changed/,
    )
    assert.equal(await modelOf(tacs[0] as string), undefined)
    const again = await importInto(server.context, text)
    assert.deepEqual(again.summary, { ...NOTHING, rows: 2_500, added: 2_500 })
    assert.equal((await modelOf(tacs[2_499] as string)).name, `Model ${tacs[2_499]}`)
  })

  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    it(`on the command line, by ${signal}, changes nothing, and imports everything when run again`, async () => {
      const store = { HANDSET_DATA: await makeDirectory() }
      const options = { cwd: await makeDirectory(), env: store }
      await runForJson(['projects', 'create', 'acme', '--type', 'test'], options)
      const before = await digestsOf(store)
      const running = startHandset(['catalogue', 'import', '-', '--json', '--rejects', 'bad.csv'], options)
      running.write(`tac,brand,name\n1234,Long,Rejected\n${rows}`)
      // The import handles Ctrl-C before it opens this file.
      while (!existsSync(join(options.cwd, 'bad.csv'))) await setImmediate()
      running.signal(signal)
      const ended = await running.ended
      if (signal === 'SIGINT') {
        assert.equal(ended.code, 1)
        assertOneLine(ended, /interrupted, and nothing was changed\. Run it again/)
      }
      assert.deepEqual(await digestsOf(store), before)
      const again = await runForJson(['catalogue', 'import', '-'], { ...options, input: text })
      assert.equal(again.added, 2_500)
    })
  }

  it('before its turn to write changes nothing', async () => {
    const store = { HANDSET_DATA: await makeDirectory() }
    const db = openStore(store)
    after(() => db.close())
    await migrate(db, Date.now)
    const before = await digestsOf(store)
    const writer = new DatabaseSync(join(store.HANDSET_DATA, 'handset.db'))
    writer.exec('BEGIN IMMEDIATE')
    const interruption = new AbortController()
    const imported = importInto(contextOf(db), text, { signal: interruption.signal })
    const refused = assert.rejects(imported, /interrupted, and nothing was changed/)
    interruption.abort()
    writer.exec('ROLLBACK')
    writer.close()
    await refused
    assert.deepEqual(await digestsOf(store), before)
  })

  it('on the command line, killed once everything is staged, changes nothing and leaves no file', async () => {
    const temporary = await makeDirectory()
    const store = { HANDSET_DATA: await makeDirectory() }
    const options = { cwd: await makeDirectory(), env: { ...store, TMPDIR: temporary, SQLITE_TMPDIR: temporary } }
    await runForJson(['projects', 'create', 'acme', '--type', 'test'], options)
    const before = await digestsOf(store)
    const running = startHandset(['catalogue', 'import', '-', '--rejects', 'bad.csv'], options)
    const rejects = join(options.cwd, 'bad.csv')
    running.write(`tac,brand,name\n1234,Long,First\n${rows}`)
    while (!existsSync(rejects)) await setImmediate()
    const writer = new DatabaseSync(join(store.HANDSET_DATA, 'handset.db'))
    writer.exec('BEGIN IMMEDIATE')
    running.write('1234,Long,Last\n')
    running.end()
    // The last rejected row is written when its batch is staged. After that, the import finds the store locked.
    while (!readFileSync(rejects, 'utf8').includes('Last')) await setImmediate()
    running.signal('SIGKILL')
    await running.ended
    writer.exec('ROLLBACK')
    writer.close()
    assert.deepEqual(await digestsOf(store), before)
    assert.deepEqual(await readdir(temporary), [])
  })
})

describe('the source of an import', () => {
  const text = `${HEADER}92000001,Sourced,Phone,smartphone,eSIM\n1234,Sourced,Bad,,\n`

  it('can be a file, and rejected rows go to a file beside it with line and reason', async () => {
    const cwd = await makeDirectory()
    await writeFile(join(cwd, 'mine.csv'), text)
    const result = await runForJson(['catalogue', 'import', 'mine.csv'], { cwd })
    const { format, lines, rows, added, rejected, rejectsFile } = result
    assert.deepEqual(
      { format, lines, rows, added, rejected, rejectsFile },
      { format: 'csv', lines: 3, rows: 2, added: 1, rejected: 1, rejectsFile: 'mine.rejects.csv' },
    )
    assert.equal(
      await readFile(join(cwd, 'mine.rejects.csv'), 'utf8'),
      '\ufeffline,reason,tac,brand,name,type,simTypes\r\n3,"the TAC ""1234"" is not 8 digits",1234,Sourced,Bad,,\r\n',
    )
  })

  for (const [what, header, rows, [broken, repaired]] of [
    ['csv', 'tac;brand;name;type\n', '92100001;Own;Good;\n1234567;"Own;Q";+Ä "x";tablet\n', ['1234567', '92100002']],
    ['osmocom', 'tac,name,name\n', '92100003,Own,Good\n1234567,"Own, Q",Bad\n', ['1234567', '92100004']],
    ['ndjson', '', '{"tac":"92100005","brand":"Own"}\n{"tac":"1234567","brand":"Own"}\n', ['1234567', '92100006']],
    [
      'gsma',
      'TAC|Manufacturer|Brand Name|Marketing Name\n',
      '92100007|Own|Own|Good\n1234567|Own|Own|7" Tab\n',
      ['1234567', '92100008'],
    ],
  ] as const) {
    it(`writes rejected rows that can be corrected and imported: ${what}`, async () => {
      const cwd = await makeDirectory()
      await writeFile(join(cwd, 'mine.txt'), header + rows)
      const options = ['--max-damage', '100']
      const first = await runForJson(['catalogue', 'import', 'mine.txt', ...options], { cwd })
      assert.deepEqual([first.format, first.added, first.rejected], [what, 1, 1])
      const file = first.rejectsFile
      const again = await runForJson(['catalogue', 'diff', file, '--rejects', 'again.csv', ...options], { cwd })
      assert.deepEqual([again.format, again.added, again.rejected], [what, 0, 1])
      const lines = (await readFile(join(cwd, file), 'utf8')).split(/(?<=\n)/)
      const input = lines.map((line) => line.replace(new RegExp(`^(.*)${broken}`), `$1${repaired}`)).join('')
      const last = await runForJson(['catalogue', 'import', '-', ...options], { cwd, input })
      assert.deepEqual([last.format, last.added, last.rejected], [what, 1, 0])
    })
  }

  it('may be in Windows-1252, if --encoding says so', async () => {
    const cwd = await makeDirectory()
    await writeFile(join(cwd, 'mine.csv'), `${HEADER}92000003,Müller,Phone,,\n`, 'latin1')
    const { added } = await runForJson(['catalogue', 'import', 'mine.csv', '--encoding', 'windows-1252'], { cwd })
    assert.equal(added, 1)
    assert.equal((await runForJson(['catalogue', 'lookup', makeImei('92000003')], { cwd })).brand, 'Müller')
  })

  it('is in UTF-8, or rejected as a whole', async () => {
    const cwd = await makeDirectory()
    await writeFile(join(cwd, 'mine.csv'), `${text}92000002,Müller,Phone,smartphone,eSIM\n`, 'latin1')
    const ended = await runHandset(['catalogue', 'import', 'mine.csv'], { cwd })
    assert.equal(ended.code, 1)
    assertOneLine(ended, /not UTF-8 near line 4/)
    assert.equal((await runHandset(['catalogue', 'lookup', '920000010000000'], { cwd })).code, 1)
  })

  it('may be compressed with gzip, whatever its name', async () => {
    const cwd = await makeDirectory()
    await writeFile(join(cwd, 'mine.csv'), gzipSync(text))
    const result = await runForJson(['catalogue', 'import', 'mine.csv'], { cwd })
    assert.deepEqual([result.added, result.rejected, result.lines], [1, 1, 3])
    const url = await serve((_request, response) => response.end(gzipSync(text)))
    const again = await runForJson(['catalogue', 'diff', `${url}/mine.csv.gz`], { cwd })
    assert.deepEqual([again.unchanged, again.rejected], [1, 1])
  })

  it('is standard input', async () => {
    const cwd = await makeDirectory()
    const result = await runForJson(['catalogue', 'import', '-', '--rejects', 'bad.csv'], { cwd, input: text })
    assert.deepEqual([result.added, result.rejected, result.rejectsFile], [1, 1, 'bad.csv'])
    const found = await runForJson(['catalogue', 'lookup', makeImei('92000001')], { cwd })
    assert.equal(found.name, 'Phone')
  })

  it('is an http URL', async () => {
    const url = await serve((_request, response) => response.end(text))
    const cwd = await makeDirectory()
    const result = await runForJson(['catalogue', 'import', `${url}/lists/mine.csv?token=1`], { cwd })
    assert.deepEqual([result.added, result.rejected, result.rejectsFile], [1, 1, 'mine.rejects.csv'])
  })

  it('that breaks off is reported in one clear line', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 })
      response.write(text, () => response.destroy())
    })
    const cwd = await makeDirectory()
    const ended = await runHandset(['catalogue', 'import', `${url}/mine.csv`], { cwd })
    assert.equal(ended.code, 1)
    assertOneLine(ended, /Reading failed/)
  })

  it('that cannot be read is reported in one clear line', async () => {
    const cwd = await makeDirectory()
    const url = await serve((_request, response) => response.writeHead(404).end('tac,brand,name\n'))
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    await Promise.all(
      (
        [
          ['missing.csv', /Cannot read missing\.csv: .*no such file/],
          ['.', /Cannot read \.: it is a directory/],
          ['http://', /Cannot fetch http:\/\/: it is not a URL/],
          [`${url}/mine.csv`, /Cannot fetch .*: the server returned 404/],
          [`http://127.0.0.1:${port}/mine.csv`, /Cannot fetch .*ECONNREFUSED/],
        ] as const
      ).map(async ([source, message]) => {
        const ended = await runHandset(['catalogue', 'import', source], { cwd })
        assert.equal(ended.code, 1)
        assertOneLine(ended, message)
      }),
    )
  })

  it('whose rejects file cannot be written is reported in one clear line', async () => {
    const cwd = await makeDirectory()
    const ended = await runHandset(['catalogue', 'import', '-', '--rejects', 'none/bad.csv'], { cwd, input: text })
    assert.equal(ended.code, 1)
    assertOneLine(ended, /Cannot write the rejected rows: .*none\/bad\.csv.*--rejects/)
  })
})
