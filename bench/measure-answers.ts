import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import { identify } from '../src/catalogue/facts/names.ts'
import { lookUpTac } from '../src/catalogue/store.ts'
import type { Context } from '../src/context.ts'
import { migrate } from '../src/db/migrate.ts'
import { brandKey, nameKey } from '../src/domain/keys.ts'
import { importInto } from '../test/support/catalogue.ts'
import { contextOf, openStore } from '../test/support/store.ts'

// node bench/measure-answers.ts: counts right, wrong and unknown answers for brand, name, type and eSIM, for each source alone and for all
// of them together. The truth is the starter catalogue, whose rows were looked up one by one, and the facts in ../shared/data;
// `quirks` is a file in the GSMA's format that is generated from them, with every quirk that such files have.

const DATA = fileURLToPath(new URL('../../shared/data/', import.meta.url))
const STARTER = fileURLToPath(new URL('../src/catalogue/starter.csv', import.meta.url))

interface Truth {
  tac: string
  brand: string
  name: string
  type: string
  simTypes: string
}

const starter = readCsv(STARTER)
const facts = existsSync(join(DATA, 'tac-facts.csv')) ? readCsv(join(DATA, 'tac-facts.csv')) : []
const truths = new Map([...facts, ...starter].map((row) => [row.tac, row]))

const SOURCES: Record<string, () => Readable> = {
  osmocom: () => createReadStream(join(DATA, 'osmocom_tacdb.csv')),
  samloader: () => createReadStream(join(DATA, 'samloader_tacs.csv')),
  starter: () => createReadStream(STARTER),
  'quirks (gsma)': () => Readable.from([Buffer.from(quirks(starter))]),
}

console.log('| source | TACs compared | brand: right, wrong, unknown | name | type | eSIM |')
console.log('| --- | --: | --: | --: | --: | --: |')
for (const [name, open] of Object.entries(SOURCES)) await measure(name, [open])
await measure('all', Object.values(SOURCES))

function readCsv(file: string): Truth[] {
  const rows: Partial<Truth>[] = parse(readFileSync(file), { columns: true, comment: '#', comment_no_infix: true })
  return rows.map((row) => ({ tac: '', brand: '', name: '', type: '', simTypes: '', ...row }))
}

async function measure(name: string, sources: readonly (() => Readable)[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'handset-measure-'))
  // A store without the starter catalogue.
  const context = contextOf(openStore({ HANDSET_DATA: directory }))
  await migrate(context.db, Date.now)
  for (const open of sources) {
    const source = open === SOURCES.starter ? ({ source: 'starter' } as const) : {}
    await importInto(context, open(), { maxDamage: 100, ...source })
  }
  const cells = await count(context)
  console.log(`| ${name} | ${cells.join(' | ')} |`)
  await context.db.close()
  await rm(directory, { recursive: true })
}

/** Compares the answers for the TACs that are both known to the catalogue and in the truth. */
async function count({ db }: Context): Promise<(string | number)[]> {
  const verdicts = { brand: [0, 0, 0], name: [0, 0, 0], type: [0, 0, 0], eSIM: [0, 0, 0] }
  let compared = 0
  for (const truth of truths.values()) {
    const found = await lookUpTac(db, truth.tac)
    if (found === undefined) continue
    compared += 1
    const expected = identify(truth.brand, truth.name)
    const bare = identify(found.brand, found.name)
    const simTypes = JSON.parse(found.sim_types) as string[]
    note(verdicts.brand, true, brandKey(found.brand) === brandKey(expected.brand))
    note(verdicts.name, !bare.isCode, nameKey(found.name) === nameKey(expected.name))
    if (truth.type !== '') note(verdicts.type, found.type_source !== null, found.type === truth.type)
    if (truth.simTypes !== '') {
      note(verdicts.eSIM, simTypes.length > 0, simTypes.includes('eSIM') === truth.simTypes.includes('eSIM'))
    }
  }
  return [compared, ...Object.values(verdicts).map((counts) => counts.join(', '))]
}

function note(counts: number[], isKnown: boolean, isRight: boolean): void {
  const place = isKnown ? (isRight ? 0 : 1) : 2
  counts[place] = Number(counts[place]) + 1
}

/** Writes each row in one of the forms that the GSMA's files have: capitals, legal entities, codes, lists, unknown columns. */
function quirks(rows: readonly Truth[]): string {
  const header =
    'TAC|Marketing Name|Manufacturer (or) Applicant|Brand Name|Model Name|Operating System|Allocation Date|Device Type|' +
    'Removable UICC|Removable EUICC|NonRemovable UICC|NonRemovable EUICC|Simslot'
  const types: Record<string, readonly string[]> = {
    smartphone: ['Smartphone', 'Handheld', 'SMARTPHONE '],
    'feature-phone': ['FeaturePhone', 'Feature phone', 'Mobile Phone/Feature phone'],
    tablet: ['Tablet'],
    iot: ['Module', 'Modem', 'Not Known'],
    router: ['WLAN Router', 'Not Known'],
    smartwatch: ['Wearable'],
  }
  const lines = rows.map(({ tac, brand, name, type, simTypes }, place) => {
    const shout = name.toUpperCase()
    const names = [name, shout, `${brand.toUpperCase()} ${shout}`, `${brand} ${name}`, `${name}, ${name}`]
    const makers = [`${brand} Co., Ltd.`, `${brand.toUpperCase()} CO.LTD`, `${brand} Inc`]
    const brands = [brand, brand.toUpperCase(), 'Not known ', 'NONE']
    const pick = <Item>(items: readonly Item[]) => items[place % items.length] as Item
    const eSim = simTypes === '' || place % 5 === 0 ? 'Not Known' : simTypes.includes('eSIM') ? '1' : '00'
    const cells = [
      tac,
      pick(names),
      pick(makers),
      pick(brands),
      'NONE',
      'Android',
      '01-Mar-2019',
      pick(types[type] ?? ['Not Known']),
    ]
    return [...cells, simTypes.includes('pSIM') ? '01' : 'Not Known', '0', '0', eSim, '1'].join('|')
  })
  return [header, ...lines, ''].join('\r\n')
}
