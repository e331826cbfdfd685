import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createUser, createUserClient, fillDevices, makeImei } from '../support/factories.ts'
import { importModels } from '../support/models.ts'
import { type Client, startServer } from '../support/server.ts'

let now = Date.parse('2026-11-01T00:00:00Z')
const server = await startServer({ clock: () => now })
const demo = await server.addProject('demo', 'test')

await importModels(server.context, [
  { tac: '70000001', brand: 'Common, Sense', name: 'Everyday', type: 'smartphone', simTypes: ['pSIM'] },
  { tac: '70000002', brand: 'Rare', name: 'Odd One', type: 'tablet', simTypes: ['eSIM'] },
  { tac: '70000003', brand: 'Rare', name: 'Odd Two', type: 'smartwatch', simTypes: [] },
])

const TACS = ['70000001', '70000002', '70000003', '70000009']
const owner = await createUser(demo)
/** Devices, newest first, each created a minute after the one before it. */
const devices: { id: string; tac: string; name: string | null; createdAt: string }[] = []
for (let made = 0; made < 24; made++) {
  now += 60_000
  const tac = TACS[made % TACS.length] as string
  const name = made % 3 === 0 ? `Éclat ${made}` : made % 3 === 1 ? `elan% ${made}` : null
  const device = await createDevice(demo, { imei: makeImei(tac), name, ...(made < 8 ? { user: owner.id } : {}) })
  devices.unshift({ id: device.id, tac, name, createdAt: device.createdAt })
}

function idsOf(keep: (device: (typeof devices)[number]) => boolean): string[] {
  return devices.filter(keep).map(({ id }) => id)
}

async function listed(query: string, call: Client = demo.call): Promise<string[]> {
  const { status, body } = await call('GET', `./devices?limit=200&${query}`)
  assert.equal(status, 200, JSON.stringify(body))
  assert.deepEqual([body.moreItemsAfter, body.moreItemsBefore], [null, null])
  return body.items.map((item: { id: string }) => item.id)
}

/** Every page of a list, read forwards to its end and back again. */
async function walked(query: string, limit: number): Promise<void> {
  const all = await listed(query)
  for (const [direction, more, start] of [
    ['after', 'moreItemsAfter', `dev_${'z'.repeat(28)}`],
    ['before', 'moreItemsBefore', `dev_${'0'.repeat(28)}`],
  ] as const) {
    const seen: string[][] = []
    for (let cursor: string | null = start; cursor !== null; ) {
      const { body } = await demo.call('GET', `./devices?limit=${limit}&${query}&${direction}=${cursor}`)
      seen.push(body.items.map((item: { id: string }) => item.id))
      cursor = body[more]
    }
    assert.deepEqual((direction === 'after' ? seen : seen.reverse()).flat(), all, `${query} ${direction}`)
  }
}

const FILTERS: [query: string, keep: (device: (typeof devices)[number]) => boolean][] = [
  ['brand=rare', ({ tac }) => tac === '70000002' || tac === '70000003'],
  ['brand=RARE,Common%2C%20Sense', ({ tac }) => tac !== '70000009'],
  ['brand=rare&brand=common%2C+sense', ({ tac }) => tac !== '70000009'],
  ['brand=nobody', () => false],
  ['type=tablet,smartwatch', ({ tac }) => tac === '70000002' || tac === '70000003'],
  ['simType=eSIM', ({ tac }) => tac === '70000002'],
  ['esim=yes', ({ tac }) => tac === '70000002'],
  ['esim=no', ({ tac }) => tac === '70000001'],
  ['esim=unknown', ({ tac }) => tac === '70000003' || tac === '70000009'],
  ['esim=unknown&brand=rare', ({ tac }) => tac === '70000003'],
  ['esim=unknown&simType=eSIM', () => false],
  ['esim=unknown&tac=70000009,70000001', ({ tac }) => tac === '70000009'],
  ['model=unknown', ({ tac }) => tac === '70000009'],
  ['model=unknown&esim=unknown', ({ tac }) => tac === '70000009'],
  ['model=unknown&type=tablet', () => false],
  ['model=unknown&q=elan', ({ tac, name }) => tac === '70000009' && (name?.startsWith('elan') ?? false)],
  ['simType=eSIM,pSIM', ({ tac }) => tac === '70000001' || tac === '70000002'],
  ['tac=70000009', ({ tac }) => tac === '70000009'],
  ['tac=70000009,70000001&tac=70000009', ({ tac }) => tac === '70000009' || tac === '70000001'],
  ['tac=70000001,70000002&brand=rare', ({ tac }) => tac === '70000002'],
  ['q=%C3%A9clAT', ({ name }) => name?.startsWith('Éclat') ?? false],
  ['q=ELAN%25', ({ name }) => name?.startsWith('elan%') ?? false],
  ['q=elan_', ({ name }) => name?.startsWith('elan') ?? false],
  ['q=elan%25%201', ({ name }) => name?.startsWith('elan% 1') ?? false],
  [
    'q=eclat&brand=rare&tac=70000002,70000009',
    ({ name, tac }) => (name?.startsWith('Éclat') ?? false) && tac === '70000002',
  ],
]

describe('a filtered list of devices', () => {
  for (const [query, keep] of FILTERS) {
    it(`shows what the filter matches: ${query}`, async () => {
      assert.deepEqual(await listed(query), idsOf(keep))
    })

    it(`pages in both directions: ${query}`, async () => {
      await walked(query, 1)
      await walked(query, 4)
    })
  }

  it('covers adjoining periods without gap or overlap', async () => {
    const time = (position: number) => (devices[position] as { createdAt: string }).createdAt
    assert.deepEqual(
      await listed(`createdAfter=${time(9)}`),
      idsOf(({ createdAt }) => createdAt >= time(9)),
    )
    assert.deepEqual(
      await listed(`createdBefore=${time(9)}`),
      idsOf(({ createdAt }) => createdAt < time(9)),
    )
    const both = `createdAfter=${time(15)}&createdBefore=${time(5)}`
    assert.deepEqual(
      await listed(both),
      idsOf(({ createdAt }) => createdAt >= time(15) && createdAt < time(5)),
    )
    await walked(both, 3)
    await walked(`${both}&brand=rare&q=%C3%A9c`, 1)
    await walked(`${both}&tac=70000001,70000003`, 2)
  })

  it('accepts times with any offset and any year', async () => {
    const { createdAt } = devices[9] as { createdAt: string }
    const shifted = new Date(Date.parse(createdAt) + 3_600_000).toISOString().slice(0, 19)
    assert.deepEqual(
      await listed(`createdAfter=${shifted}%2B01:00`),
      idsOf((device) => device.createdAt >= createdAt),
    )
    for (const early of ['0001-01-01T00:00:00Z', '1969-12-31T23:59:60Z']) {
      assert.deepEqual(
        await listed(`createdAfter=${early}`),
        idsOf(() => true),
      )
    }
    assert.deepEqual(
      await listed('createdBefore=9999-12-31T23:59:59Z'),
      idsOf(() => true),
    )
    assert.deepEqual(await listed('createdAfter=9999-12-31T23:59:59Z'), [])
  })

  it('combines its filters with user and SIM', async () => {
    const own = devices.slice(16)
    assert.deepEqual(
      await listed(`user=${owner.id}&brand=rare`),
      own.filter(({ tac }) => tac === '70000002' || tac === '70000003').map(({ id }) => id),
    )
    assert.deepEqual(
      await listed(`user=${owner.id}&tac=70000009&q=${encodeURIComponent('éclat')}`),
      own.filter(({ tac, name }) => tac === '70000009' && name?.startsWith('Éclat')).map(({ id }) => id),
    )
  })

  it('shows a user token only its own devices', async () => {
    const call = await createUserClient(server, demo, owner.id)
    const own = devices.slice(16)
    assert.deepEqual(
      await listed('tac=70000001', call),
      own.filter(({ tac }) => tac === '70000001').map(({ id }) => id),
    )
    assert.deepEqual(
      await listed('q=elan', call),
      own.filter(({ name }) => name?.startsWith('elan')).map(({ id }) => id),
    )
    assert.deepEqual(await listed(`brand=rare&createdAfter=${devices[15]?.createdAt}`, call), [])
  })

  it('finds a device by its current name, until it is released', async () => {
    const user = await createUser(demo)
    const device = await createDevice(demo, { name: 'Zebra One', user: user.id })
    assert.deepEqual(await listed('q=zebra'), [device.id])
    await demo.call('PATCH', `./devices/${device.id}`, { body: { name: 'Zulu' } })
    assert.deepEqual(await listed('q=zebra'), [])
    assert.deepEqual(await listed('q=ZULU'), [device.id])
    await demo.call('DELETE', `./users/${user.id}`)
    assert.deepEqual(await listed('q=zulu'), [])
    await demo.call('DELETE', `./devices/${device.id}`)
  })

  it('rejects invalid filter values', async () => {
    for (const [query, property] of [
      ['tac=4923888', 'tac'],
      ['tac=492388841', 'tac'],
      ['tac=', 'tac'],
      ['brand=', 'brand'],
      ['type=phone', 'type'],
      ['simType=esim', 'simType'],
      ['esim=maybe', 'esim'],
      ['model=none', 'model'],
      ['q=', 'q'],
      ['q=a&q=b', 'q'],
      ['createdAfter=2026-11-01', 'createdAfter'],
      ['createdAfter=1793491200', 'createdAfter'],
      ['createdBefore=2026-11-01T00:00:00+01:00', 'createdBefore'],
      ['createdBefore=2026-02-30T00:00:00Z', 'createdBefore'],
    ] as const) {
      const { status, body } = await demo.call('GET', `./devices?${query}`)
      assert.equal(status, 422, query)
      assert.match(body.details[0].property, new RegExp(`^${property}`), query)
    }
  })

  it('shows an example of a TAC or a model when the value is invalid', async () => {
    const { body } = await demo.call('GET', './devices?tac=4923888')
    assert.equal(body.details[0].message, '`tac[0]` must look like 49238884 (^[0-9]{8}$)')
    const models = await demo.call('GET', './devices?model=unknown,dmd_x')
    assert.match(models.body.details[0].message, /^`model` must look like dmd_\w{22} \(/)
  })
})

describe('a list of devices longer than the part scanned from the cursor', () => {
  for (const [rareTac, ...queries] of [
    ['70000003', 'brand=rare', 'type=smartwatch', 'tac=70000003', 'q=Needle', 'q=needle&brand=rare', 'esim=unknown'],
    ['70000009', 'model=unknown', 'esim=unknown', 'model=unknown&esim=unknown', 'q=needle&model=unknown'],
  ] as const) {
    it(`finds rare devices that lie far apart, and many that lie together: ${rareTac}`, async () => {
      const large = await server.addProject(`large-${rareTac}`, 'test')
      const made = Array.from({ length: 2_500 }, (_, position) =>
        position % 1_200 === 0
          ? { imei: makeImei(rareTac), name: 'needle' }
          : { imei: makeImei('70000001'), name: `hay ${position}` },
      )
      const ids = await fillDevices(server.context, large, made)
      const rare = ids.filter((_, position) => (ids.length - 1 - position) % 1_200 === 0)
      for (const query of queries) {
        assert.deepEqual(await listed(query, large.call), rare, query)
        const { body: page } = await large.call('GET', `./devices?limit=1&${query}&after=${rare[0]}`)
        assert.deepEqual(
          [page.items[0].id, page.moreItemsAfter, page.moreItemsBefore],
          [rare[1], rare[1], rare[1]],
          query,
        )
        const { body: back } = await large.call('GET', `./devices?limit=1&${query}&before=${rare[2]}`)
        assert.deepEqual(
          [back.items[0].id, back.moreItemsAfter, back.moreItemsBefore],
          [rare[1], rare[1], rare[1]],
          query,
        )
      }
      for (const query of ['brand=common%2C%20sense', 'q=hay', 'simType=pSIM']) {
        const { body: page } = await large.call('GET', `./devices?limit=3&${query}`)
        assert.deepEqual(
          page.items.map((item: { name: string }) => item.name),
          ['hay 2499', 'hay 2498', 'hay 2497'],
        )
      }
    })
  }
})

describe('a list of device models', () => {
  it('narrows to names that start with the given text, ignoring case', async () => {
    const names = async (query: string) => {
      const { body } = await demo.call('GET', `/deviceModels?limit=200&${query}`)
      return body.items.map((item: { name: string }) => item.name)
    }
    assert.deepEqual(await names('q=oDD'), ['Odd Two', 'Odd One'])
    assert.deepEqual(await names('q=odd&type=tablet'), ['Odd One'])
    assert.deepEqual(await names('q=dd'), [])
    const { body } = await demo.call('GET', '/deviceModels?q=odd&limit=1')
    assert.equal(body.moreItemsAfter, body.items[0].id)
  })
})
