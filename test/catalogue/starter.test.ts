import assert from 'node:assert/strict'
import { createReadStream, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parse } from 'csv-parse/sync'
import { importStarterCatalogue } from '../../src/catalogue/starter.ts'
import { importInto } from '../support/catalogue.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()

const FILE = new URL('../../src/catalogue/starter.csv', import.meta.url)
const text = readFileSync(FILE, 'utf8')
const rows: Record<string, string>[] = parse(text, { columns: true, comment: '#', comment_no_infix: true })

/** The keys of the comment lines `# source KEY: …`. */
const declared = new Set([...text.matchAll(/^# source (\S+): \S.*$/gm)].map(([, key]) => key))

describe('the starter catalogue', () => {
  it('has only valid rows, and a fresh store holds them all', async () => {
    const { summary, rejects } = await importInto(server.context, createReadStream(FILE), { source: 'starter' })
    assert.deepEqual(rejects, [])
    assert.deepEqual(summary, {
      rows: rows.length,
      added: 0,
      changed: 0,
      unchanged: rows.length,
      outranked: 0,
      rejected: 0,
    })
  })

  it('lists each TAC once', () => {
    const tacs = new Set<string | undefined>()
    for (const { tac } of rows) {
      assert.ok(!tacs.has(tac), `TAC ${tac}`)
      tacs.add(tac)
    }
    assert.ok(tacs.size > 0)
  })

  it('states the same about a model in every row', () => {
    const said = new Map<string, string>()
    for (const { tac, brand, name, type, simTypes } of rows) {
      const model = `${brand} ${name}`.toLowerCase()
      const kinds = `${brand},${name},${type},${simTypes}`
      assert.equal(kinds, said.get(model) ?? kinds, `TAC ${tac}`)
      said.set(model, kinds)
    }
  })

  it('names the source of every row, and declares each source at the top', () => {
    assert.ok(declared.size > 0)
    for (const { tac, source = '' } of rows) {
      for (const key of source.split('+')) assert.ok(declared.has(key), `TAC ${tac}: source "${key}"`)
    }
  })

  it('declares no source that no row names', () => {
    const named = new Set(rows.flatMap(({ source = '' }) => source.split('+')))
    assert.deepEqual(
      [...declared].filter((key) => !named.has(key as string)),
      [],
    )
  })

  it('has the best sellers and the modules that its page says it has', () => {
    const page = readFileSync(new URL('../../docs/decisions/starter-catalogue.md', import.meta.url), 'utf8')
    const [phones = '', machines = ''] = page.split('## Modules and routers')
    const names = rows.map(({ brand, name }) => `${brand} ${name}`)
    const table = [...phones.matchAll(/^\| ([^|]+?) +\| [^|]+ \| +(\d+) \|$/gm)]
    assert.ok(table.length >= 60)
    for (const [, phone = '', tacs] of table) {
      const found = names.filter((name) => name === phone || name.startsWith(`${phone} (`))
      assert.equal(found.length, Number(tacs), phone)
    }
    const series = [...machines.matchAll(/^\| ([^|]+?) +\| +(\d+) \|$/gm)]
    assert.equal(series.length, 30)
    for (const [, start = '', tacs] of series) {
      assert.equal(names.filter((name) => name.startsWith(start)).length, Number(tacs), start)
    }
  })

  it("holds the reference's example, marked as one", () => {
    assert.deepEqual(
      { ...rows.find(({ tac }) => tac === '49238884') },
      {
        tac: '49238884',
        brand: 'Apple',
        name: 'iPhone 12 Pro',
        type: 'smartphone',
        simTypes: 'eSIM+pSIM',
        source: 'example',
      },
    )
  })

  it('is not loaded again at a start while it is unchanged, so that later changes stay', async () => {
    const { db } = server.context
    await db.run("UPDATE tacs SET source = 'osmocom' WHERE tac = '49238884'")
    await importStarterCatalogue(server.context)
    const row = await db.get<{ source: string }>("SELECT source FROM tacs WHERE tac = '49238884'")
    assert.equal(row?.source, 'osmocom')
  })

  it('is imported again if another version of it was loaded', async () => {
    const { db } = server.context
    await db.run("UPDATE catalogue_marks SET value = 'older' WHERE name = 'starter'")
    await importStarterCatalogue(server.context)
    const row = await db.get<{ source: string }>("SELECT source FROM tacs WHERE tac = '49238884'")
    assert.equal(row?.source, 'starter')
  })
})
