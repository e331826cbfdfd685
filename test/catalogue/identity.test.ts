import assert from 'node:assert/strict'
import { createReadStream, existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { identify } from '../../src/catalogue/facts/names.ts'
import { importInto } from '../support/catalogue.ts'
import { makeImei } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')

/** Outside the repository, so it may be missing. */
const SAMLOADER = fileURLToPath(new URL('../../../shared/data/samloader_tacs.csv', import.meta.url))

async function modelOf(tac: string) {
  const { body } = await demo.call('POST', '/deviceModels/search', { body: { imei: makeImei(tac) } })
  return body.items[0]
}

describe('brand and name', () => {
  for (const [brand, name, expected] of [
    ['Apple Inc', 'iPhone 7', 'Apple: iPhone 7'],
    ['APPLE', 'Apple iPhone 7', 'Apple: iPhone 7'],
    ['Apple, Inc.', 'iphone 7', 'Apple: iPhone 7'],
    ['iPhone', '7', 'Apple: iPhone 7'],
    ['Samsung Electronics Co., Ltd.', 'SAMSUNG Galaxy S8 Plus', 'Samsung: Galaxy S8+'],
    ['Samsung Korea', 'SM-G998B', 'Samsung: Galaxy S21 Ultra 5G'],
    ['Samsung Euro QA Lab', 'SM-A105F/DS (SIM2)', 'Samsung: Galaxy A10'],
    ['samsung', 'SM-Z999X', 'Samsung: SM-Z999X'],
    ['Hewlett Packard', 'iPAQ', 'HP: iPAQ'],
    ['OPPO', 'Find X2', 'Oppo: Find X2'],
    ['Redmi', 'Note 9', 'Xiaomi: Redmi Note 9'],
    ['Xiaomi', 'Redmi Note 9', 'Xiaomi: Redmi Note 9'],
    ['POCO', 'POCO F3', 'Xiaomi: Poco F3'],
    ['HMD Global Oy', 'HMD Skyline', 'HMD: Skyline'],
    ['OnePlus', '7T', 'OnePlus: OnePlus 7T'],
    ['Fairphone', 'Fairphone (Gen. 6)', 'Fairphone: Fairphone (Gen. 6)'],
    ['Samsung', 'SM-E045F', 'Samsung: Galaxy F04'],
    ['Samsung', 'SM-A305FN', 'Samsung: Galaxy A30'],
    ['Samsung', 'SM-S727VL', 'Samsung: Galaxy J7 Sky Pro'],
    ['Samsung', 'SM-G610F', 'Samsung: Galaxy J7 Prime'],
    ['Samsung', 'SM-G532F', 'Samsung: Galaxy J2 Prime'],
    ['Samsung', 'SM-J730F', 'Samsung: Galaxy J7 (2017)'],
    ['Samsung', 'SM-A202F', 'Samsung: Galaxy A20e'],
    ['Samsung', 'SM-M215F', 'Samsung: Galaxy M21'],
    ['Samsung', 'SM-S947B', 'Samsung: Galaxy S26+'],
    ['Samsung', 'SM-A075F', 'Samsung: Galaxy A07'],
    ['OnePlus Technology (Shenzhen) Co Ltd', 'OnePlus 7T', 'OnePlus: OnePlus 7T'],
    ['LG Electronics', 'LG-2000', 'LG: LG-2000'],
    ['LG', 'LG 510w', 'LG: 510w'],
    ['Research In Motion', 'BlackBerry 6720', 'BlackBerry: 6720'],
    ['Unheard  Of GmbH', 'A   B', 'Unheard Of: A B'],
    ['Enfora L.P.', 'X', 'Enfora: X'],
    ['Co', 'Co', 'Co: Co'],
    ['Sony Ericsson', 'Sony Ericsson K750i', 'Sony Ericsson: K750i'],
    // Companies.
    ['SAMSUNG ELECTRONICS CO.LTD', 'Galaxy S10', 'Samsung: Galaxy S10'],
    ['TECHNO', 'SPARK 10C', 'Tecno: Spark 10C'],
    ['TCT Mobile Europe SAS', 'Alcatel 3X', 'Alcatel: 3X'],
    ['TCT Mobile Suzhou Ltd', '20 SE', 'TCL: 20 SE'],
    ['Lava International Limited', 'Iris 50', 'Lava: Iris 50'],
    ['UAB Teltonika', 'FMB920', 'Teltonika: FMB920'],
    ['Huawei Device Co., Ltd.', 'HONOR 8X', 'Honor: 8X'],
    ['Huawei', 'Honor', 'Huawei: Honor'],
    ['HMD Global Oy', 'Nokia 7.2', 'Nokia: 7.2'],
    ['Nokia', 'HMD Skyline', 'HMD: Skyline'],
    ['LG', 'Nexus 5', 'Google: Nexus 5'],
    ['Samsung', 'Galaxy Nexus', 'Samsung: Galaxy Nexus'],
    ['n/a', 'Samsung Galaxy S10', 'Samsung: Galaxy S10'],
    ['Amazon.com', 'Kindle', 'Amazon.com: Kindle'],
    // Capitals.
    ['MOTOROLA', 'MOTO G84', 'Motorola: Moto G84'],
    ['APPLE', 'iPhone 17 PRO MAX', 'Apple: iPhone 17 Pro Max'],
    ['APPLE', 'APPLE IPHONE 12 MINI', 'Apple: iPhone 12 mini'],
    ['APPLE', 'IPHONE 6S PLUS', 'Apple: iPhone 6s Plus'],
    ['SAMSUNG', 'SAMSUNG GALAXY A05S', 'Samsung: Galaxy A05s'],
    ['SAMSUNG', 'SAMSUNG GALAXY TAB A9+ 5G', 'Samsung: Galaxy Tab A9+ 5G'],
    ['XIAOMI', 'XIAOMI POCO X6 PRO 5G', 'Xiaomi: Poco X6 Pro 5G'],
    ['REDMI', 'POCO F7', 'Xiaomi: Poco F7'],
    ['GOOGLE', 'PIXEL 7A', 'Google: Pixel 7a'],
    ['HUAWEI', 'P SMART 2019', 'Huawei: P smart (2019)'],
    ['Own', 'JSON 1', 'Own: JSON 1'],
    // What is not part of a name.
    ['Apple', 'iPhone 14 (variant unknown)', 'Apple: iPhone 14'],
    ['Samsung', 'AT&T GALAXY NOTE 2', 'Samsung: Galaxy Note2'],
    ['Samsung', 'DOCOMO GALAXY Z FOLD5', 'Samsung: Galaxy Z Fold5'],
    ['ZTE', 'Vodafone 225', 'ZTE: Vodafone 225'],
    ['Apple', 'iPhone 13 (A2633)', 'Apple: iPhone 13'],
    ['Samsung', 'Galaxy S24 FE [SM-S721B]', 'Samsung: Galaxy S24 FE'],
    ['Samsung', 'SM-J500F/DS Galaxy J5 Duos', 'Samsung: Galaxy J5 Duos'],
    ['Motorola', 'Moto G84 5G XT2347-1', 'Motorola: Moto G84 5G'],
    ['Motorola', 'unknown', 'Motorola: Motorola'],
    // Lists of names.
    ['Samsung', 'SM-A105F,SM-A105G', 'Samsung: Galaxy A10'],
    ['Samsung', 'Galaxy A10, SM-A105F', 'Samsung: Galaxy A10'],
    ['Samsung', 'SM-A105F, SM-A205F', 'Samsung: SM-A105F, SM-A205F'],
    ['Nokia', '3120, classic', 'Nokia: 3120, classic'],
    // One phone in several spellings, next to the phone that must not be merged with it.
    ['Samsung', 'Galaxy Note 9', 'Samsung: Galaxy Note9'],
    ['Samsung', 'Galaxy Note 10.1', 'Samsung: Galaxy Note 10.1'],
    ['Samsung', 'Galaxy Note 8.0', 'Samsung: Galaxy Note 8.0'],
    ['Samsung', 'Galaxy S III', 'Samsung: Galaxy S3'],
    ['Samsung', 'Galaxy S II Plus', 'Samsung: Galaxy S2+'],
    ['Samsung', 'Galaxy S 4G', 'Samsung: Galaxy S 4G'],
    ['Samsung', 'Galaxy Z Flip 5', 'Samsung: Galaxy Z Flip5'],
    ['Samsung', 'Galaxy Z Flip 5G', 'Samsung: Galaxy Z Flip 5G'],
    ['Samsung', 'Galaxy S21 Ultra', 'Samsung: Galaxy S21 Ultra 5G'],
    ['Samsung', 'Galaxy S20 Ultra', 'Samsung: Galaxy S20 Ultra'],
    ['Samsung', 'Galaxy S23 5G', 'Samsung: Galaxy S23'],
    ['Samsung', 'Galaxy A54', 'Samsung: Galaxy A54 5G'],
    ['Samsung', 'Galaxy A52', 'Samsung: Galaxy A52'],
    ['Samsung', 'Galaxy A5 2017', 'Samsung: Galaxy A5 (2017)'],
    ['Samsung', 'Galaxy Tab S 8.4', 'Samsung: Galaxy Tab S 8.4'],
    ['Samsung', 'Galaxy Tab S 9', 'Samsung: Galaxy Tab S9'],
    ['Samsung', 'Galaxy Tab A 8', 'Samsung: Galaxy Tab A 8'],
    ['Samsung', 'Galaxy TabS 10.5', 'Samsung: Galaxy Tab S 10.5'],
    ['Samsung', 'Galaxy TabS2 9.7', 'Samsung: Galaxy Tab S2 9.7'],
    ['Samsung', 'Galaxy Mega 2', 'Samsung: Galaxy Mega2'],
    ['Samsung', 'Galaxy Mega 6.3', 'Samsung: Galaxy Mega 6.3'],
    ['Samsung', 'Galaxy Ace+', 'Samsung: Galaxy Ace Plus'],
    ['Samsung', 'GT-S7500', 'Samsung: Galaxy Ace Plus'],
    ['Samsung', 'Galaxy A3(2016)', 'Samsung: Galaxy A3 (2016)'],
    // A longer code may stand for another phone than the code that it starts with.
    ['Samsung', 'SM-A3050', 'Samsung: Galaxy A40s'],
    ['Samsung', 'SM-A305F', 'Samsung: Galaxy A30'],
    ['Samsung', 'GT-I9300I', 'Samsung: Galaxy S3 Neo'],
    ['Samsung', 'GT-I9300', 'Samsung: Galaxy S3'],
    ['Samsung', 'SM-S906L', 'Samsung: Galaxy S6'],
    ['Samsung', 'SM-S906B', 'Samsung: Galaxy S22+'],
    ['Samsung', 'SM-W2015', 'Samsung: Galaxy Golden 2'],
    ['Samsung', 'SM-W2018', 'Samsung: W2018'],
    ['Samsung', 'SM-W700', 'Samsung: SM-W700'],
    ['Samsung', 'SM-A205S', 'Samsung: Galaxy A20'],
    ['Samsung', 'SM-S120VL', 'Samsung: Galaxy J1 (2016)'],
    ['Samsung', 'SM-S260DL', 'Samsung: Galaxy J2 Core'],
    ['Samsung', 'SM-G906S', 'Samsung: Galaxy S5 LTE-A'],
    ['Samsung', 'SM-T719', 'Samsung: Galaxy Tab S2 8.0'],
    ['Samsung', 'SM-T819', 'Samsung: Galaxy Tab S2 9.7'],
    ['Samsung', 'SM-P602', 'Samsung: Galaxy Note 10.1 2014 Edition'],
    ['Samsung', 'EK-GN100', 'Samsung: Galaxy NX'],
    ['Samsung', 'SGH E250', 'Samsung: SGH-E250'],
    ['Apple', 'iPhone SE 2020', 'Apple: iPhone SE (2nd generation)'],
    ['Apple', 'iPhone SE', 'Apple: iPhone SE'],
    ['Motorola', 'Moto G (5) Plus', 'Motorola: Moto G5 Plus'],
    ['Motorola', 'Moto G (2014)', 'Motorola: Moto G (2014)'],
    ['Motorola', 'Moto Edge 30', 'Motorola: Edge 30'],
    ['Xiaomi', 'Redmi Note 13 Pro Plus', 'Xiaomi: Redmi Note 13 Pro+'],
    ['Xiaomi', 'Redmi 9 A', 'Xiaomi: Redmi 9A'],
    ['Oppo', 'Reno 12 Pro', 'Oppo: Reno12 Pro'],
    ['Oppo', 'Reno 10x Zoom', 'Oppo: Reno 10x Zoom'],
    ['Huawei', 'Mate20 Pro', 'Huawei: Mate 20 Pro'],
    ['Huawei', 'P 30 Pro', 'Huawei: P30 Pro'],
    ['HTC', 'One M8', 'HTC: One (M8)'],
    ['HTC', 'One M8s', 'HTC: One M8s'],
    ['Alcatel', 'OT-304', 'Alcatel: One Touch 304'],
    ['Sagem', 'MY X-5', 'Sagem: myX-5'],
    ['Sagem', 'my X5-2', 'Sagem: myX5-2'],
    ['Sagem', 'MC 940', 'Sagem: MC940'],
    ['Infinix', 'GT 20 Pro', 'Infinix: GT 20 Pro'],
    ['Xiaomi', 'MI 11', 'Xiaomi: Mi 11'],
  ] as const) {
    it(`of "${brand}" "${name}" are ${expected}`, () => {
      const found = identify(brand, name)
      assert.equal(`${found.brand}: ${found.name}`, expected)
      const { code: _, ...identity } = found
      assert.deepEqual(identify(found.brand, found.name), identity, 'normalising them again changes nothing')
    })
  }

  it('are rejected if the brand is unknown, and become the brand alone if only the name is unknown', async () => {
    const { rejects } = await importInto(server.context, 'tac,brand,name\n87000011,n/a,Phone\n87000012,Own,Unknown\n')
    assert.deepEqual(
      rejects.map(({ reason }) => reason),
      ['the brand is unknown'],
    )
    assert.equal((await modelOf('87000012')).name, 'Own')
  })

  it('keep the SIM types that a model number of Apple beside the name decides', async () => {
    for (const [code, simTypes] of [
      ['A2651', ['eSIM']],
      ['A2895', ['eSIM', 'pSIM']],
      ['A2896', ['pSIM']],
      ['A2099', []],
    ] as const) {
      const tac = `8700${code.slice(1)}`
      await importInto(server.context, `tac,brand,name\n${tac},Apple,iPhone 14 Pro Max (${code})\n`)
      const { name, simTypes: found } = await modelOf(tac)
      assert.deepEqual([name, found], ['iPhone 14 Pro Max', simTypes], code)
    }
  })

  it('merge three spellings into one brand, and two TACs into one model', async () => {
    const { brands, models } = await importInto(
      server.context,
      'tac,brand,name\n87000001,Nokia Corporation,Nokia 9000x\n87000002,NOKIA,9000X\n87000003,Nokia,9000x\n',
    )
    assert.deepEqual([brands, models], [{ before: 3, after: 1 }, 1])
    assert.deepEqual(await modelOf('87000001'), await modelOf('87000002'))
  })
})

describe("samloader's list", () => {
  const HEADER = 'tac,model,model2,model3'

  it('names the phone that all codes of a TAC belong to, and restores a lost leading zero', async () => {
    const { summary, rejects } = await importInto(
      server.context,
      `\ufeff${HEADER}\n87100001,SM-G998B,SM-G998U,SC-52B\n8710002,SM-G973F\n87100003,SM-Z999A,SM-Z999B\n87100004,SM-S901B,SM-S906B\n`,
    )
    assert.deepEqual([summary.added, summary.rejected], [3, 1])
    assert.match(rejects[0]?.reason ?? '', /several phones: Galaxy S22, Galaxy S22\+/)
    const { brand, name } = await modelOf('87100001')
    assert.deepEqual([brand, name], ['Samsung', 'Galaxy S21 Ultra 5G'])
    assert.equal((await modelOf('08710002')).name, 'Galaxy S10')
    assert.equal((await modelOf('87100003')).name, 'SM-Z999')
  })

  it('resolves groups of codes that the list repeats for a phone with none of them', async () => {
    const s4 = 'GT-I9195L,GT-I9197'
    const a5 = 'SM-A510F,SM-A510FD,SM-A510K,SM-A510L,SM-A510M,SM-A510S,SM-A510Y,SM-A5000,SM-A5108'
    const note = 'GT-N8000,GT-N8005,GT-N8010,GT-N8013,GT-N8020,SHV-E230S,SHW-M480S,SHW-M480W'
    const rows = [
      ['87100011', 'SM-G977P,SM-G973C', 'Galaxy S10+'],
      ['87100012', 'SM-G977B,SM-G977N', 'Galaxy S10 5G'],
      ['35999905', s4, 'Galaxy S4'],
      ['35999907', a5, 'Galaxy A5 (2016)'],
      ['35999909', a5, 'Galaxy A5 (2017)'],
      ['87100013', 'GT-I9195', 'Galaxy S4 Mini'],
      ['87100014', `${note},SM-N975F`, 'Galaxy Note10+'],
      ['87100015', 'GT-N8000,GT-N8010', 'Galaxy Note 10.1'],
      ['87100016', 'SM-A125F,SM-S127DL', 'Galaxy A12'],
      ['87100017', 'SM-A600T1', 'Galaxy A6+'],
      ['87100018', 'SM-G530H,SM-G530P,SM-G530T', 'Galaxy Grand Prime Plus'],
      ['35999807', 'SC-04G', 'Galaxy S6 Edge+'],
      // Rejected: the Note10 and Note10+ share a group, and so do phones of several years.
      ['87100021', note, undefined],
      ['35999908', a5, undefined],
      ['99999905', s4, undefined],
      ['87100022', 'SM-A125F,SM-Z999F', undefined],
    ] as const
    const { rejects } = await importInto(
      server.context,
      `${HEADER}\n${rows.map((row) => row.slice(0, 2)).join('\n')}\n`,
    )
    for (const [tac, codes, name] of rows) assert.equal((await modelOf(tac))?.name, name, `${tac} ${codes}`)
    assert.equal(rejects.length, 4)
    for (const { reason } of rejects) assert.match(reason, /several phones/)
  })

  it('corrects what an older version read from it, when it is imported again', async () => {
    const older = 'tac,brand,name,type\n87100041,Samsung,Galaxy Note 10.1,tablet\n'
    await importInto(server.context, older, { format: 'csv', source: 'samloader' })
    assert.equal((await modelOf('87100041')).name, 'Galaxy Note 10.1')
    const { summary } = await importInto(server.context, `${HEADER}\n87100041,SM-N975F\n`)
    const { name, type } = await modelOf('87100041')
    assert.deepEqual([summary.changed, name, type], [1, 'Galaxy Note10+', 'smartphone'])
  })

  it('never replaces a name with a code, and lets a name replace its code', async () => {
    const names = 'tac,name,name\n87100005,Samsung,Great Phone\n87100006,Samsung,Other Phone\n'
    const codes = `${HEADER}\n87100005,SM-Z998A\n87100006,SM-Z997A\n`
    await importInto(server.context, 'tac,name,name\n87100005,Samsung,Great Phone\n')
    await importInto(server.context, codes)
    assert.equal((await modelOf('87100005')).name, 'Great Phone')
    assert.equal((await modelOf('87100006')).name, 'SM-Z997')
    await importInto(server.context, names)
    assert.equal((await modelOf('87100006')).name, 'Other Phone')
    const again = await importInto(server.context, codes)
    assert.deepEqual([again.summary.unchanged, (await modelOf('87100006')).name], [2, 'Other Phone'])
  })

  it('outranks an older list that has another brand for the TAC', async () => {
    await importInto(server.context, 'tac,name,name\n87100007,Maxon,MX-6837\n')
    const { conflicts } = await importInto(server.context, `${HEADER}\n87100007,SM-S931B\n`)
    assert.deepEqual(conflicts, {
      tacs: 1,
      examples: [
        { tac: '87100007', catalogue: 'Maxon MX-6837', source: 'osmocom', file: 'Samsung Galaxy S25', kept: false },
      ],
    })
    assert.equal((await modelOf('87100007')).name, 'Galaxy S25')
    const back = await importInto(server.context, 'tac,name,name\n87100007,Maxon,MX-6837\n')
    assert.deepEqual([back.summary.outranked, back.conflicts.examples[0]?.kept], [1, true])
  })

  it('accounts for every row of the published file', async (t) => {
    if (!existsSync(SAMLOADER)) {
      t.skip(`${SAMLOADER} is not here`)
      return
    }
    const { summary, damage } = await importInto(server.context, createReadStream(SAMLOADER))
    const { rows, added, changed, unchanged, outranked, rejected } = summary
    assert.equal(rows, 8_575)
    assert.equal(added + changed + unchanged + outranked + rejected, rows)
    assert.deepEqual(damage, { repeated: damage.repeated, cut: 0, quotes: 0 })
    assert.ok(added > 7_000)
  })
})

describe('NDJSON', () => {
  it('is recognised by its first line, and has the same properties as a CSV', async () => {
    const { summary, rejects } = await importInto(
      server.context,
      [
        '',
        '{"tac":"87200001","brand":"Own","name":"JSON 1","type":"tablet","simTypes":["pSIM","eSIM"],"note":1}',
        '{"tac":"87200002","brand":"Own","name":"JSON 2","simTypes":"eSIM"}',
        '{"tac":87200003,"brand":"Own","name":"JSON 3"}',
        '{"tac":"87200004","brand":"Own"',
        '["87200005"]',
        '{"tac":"87200006","brand":"Own","name":{}}',
        '{"tac":"87200007","brand":"Own","name":"JSON 7","simTypes":["SIM"]}',
      ].join('\n'),
    )
    assert.deepEqual([summary.rows, summary.added, summary.rejected], [7, 2, 5])
    assert.deepEqual(
      rejects.map(({ line, reason }) => `${line}: ${reason}`),
      [
        '4: the TAC is a number: put it in quotes, since leading zeros count',
        '5: the line is not valid JSON',
        '6: the line is not a JSON object',
        '7: the name is not text',
        '8: the SIM types "SIM" are not eSIM, pSIM or eSIM+pSIM',
      ],
    )
    const { name, type, simTypes } = await modelOf('87200001')
    assert.deepEqual([name, type, simTypes], ['JSON 1', 'tablet', ['eSIM', 'pSIM']])
  })
})
