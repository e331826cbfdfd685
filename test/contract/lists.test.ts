import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createDevice,
  createSim,
  createUser,
  createUserToken,
  makeEmail,
  makeIccid,
  makeImei,
} from '../support/factories.ts'
import { importModels, type Model } from '../support/models.ts'
import { type Client, startServer } from '../support/server.ts'

const server = await startServer()
const newer = await server.addProject('newer', 'test')

/** A list of twelve items, and how to create another of its kind. `ids` are newest first. */
interface Sample {
  /** The list's URL, up to where the paging parameters follow. */
  list: string
  call: Client
  ids: string[]
  /** An id in another project, created after these. */
  foreign?: string
  remove?: (id: string) => Promise<unknown>
}

async function sampleOf(
  kind: 'devices' | 'users' | 'sims',
  create: (project: typeof newer) => Promise<{ id: string }>,
): Promise<Sample> {
  const project = await server.addProject(`list-${kind}`, 'test')
  const ids: string[] = []
  for (let count = 0; count < 12; count++) ids.unshift((await create(project)).id)
  return {
    list: `./${kind}?`,
    call: project.call,
    ids,
    foreign: (await create(newer)).id,
    remove: (id) => project.call('DELETE', `./${kind}/${id}`),
  }
}

async function sampleOfTokens(): Promise<Sample> {
  const project = await server.addProject('list-tokens', 'test')
  const { id: user } = await createUser(project)
  const ids: string[] = []
  for (let count = 0; count < 12; count++) ids.unshift((await createUserToken(project, user)).id)
  return {
    list: `./users/${user}/tokens?`,
    call: project.call,
    ids,
    foreign: (await createUserToken(newer, (await createUser(newer)).id)).id,
    remove: (id) => project.call('DELETE', `./users/${user}/tokens/${id}`),
  }
}

async function sampleOfModels(): Promise<Sample> {
  await importModels(
    server.context,
    Array.from({ length: 12 }, (_, count) => modelEntry(String(count).padStart(8, '0'), `Model ${count}`)),
  )
  const { body } = await newer.call('GET', '/deviceModels?brand=Listed&limit=200')
  return {
    list: '/deviceModels?brand=Listed&',
    call: newer.call,
    ids: body.items.map((model: { id: string }) => model.id),
  }
}

function modelEntry(tac: string, name: string): Model {
  return { tac, brand: 'Listed', name, type: 'other' }
}

const samples = {
  devices: await sampleOf('devices', createDevice),
  users: await sampleOf('users', createUser),
  sims: await sampleOf('sims', createSim),
  tokens: await sampleOfTokens(),
  deviceModels: await sampleOfModels(),
}

/** docs/contract.md §4. */
for (const [name, sample] of Object.entries(samples)) {
  const { ids } = sample

  /** Asserts a whole page: its items and both cursors. */
  const shows = async (query: string, items: string[], after: string | null, before: string | null) => {
    const { status, body } = await sample.call('GET', `${sample.list}${query}`)
    assert.equal(status, 200, query)
    assert.deepEqual(Object.keys(body), ['object', 'items', 'moreItemsAfter', 'moreItemsBefore'])
    assert.equal(body.object, 'list')
    assert.deepEqual(
      body.items.map((item: { id: string }) => item.id),
      items,
      query,
    )
    assert.equal(body.moreItemsAfter, after, `moreItemsAfter of ${query}`)
    assert.equal(body.moreItemsBefore, before, `moreItemsBefore of ${query}`)
  }
  const at = (position: number) => ids.at(position) as string

  describe(`a list of ${name}`, () => {
    it('is newest first, with 10 items unless a limit is given', async () => {
      assert.equal(ids.length, 12)
      assert.deepEqual([...ids].sort().reverse(), ids)
      await shows('', ids.slice(0, 10), at(9), null)
      await shows('limit=200', ids, null, null)
      await shows('limit=12', ids, null, null)
      await shows('limit=11', ids.slice(0, 11), at(10), null)
      await shows('limit=1', ids.slice(0, 1), at(0), null)
    })

    it('continues right after a cursor', async () => {
      await shows(`after=${at(9)}`, ids.slice(10), null, at(10))
      await shows(`after=${at(0)}&limit=5`, ids.slice(1, 6), at(5), at(1))
      await shows(`after=${at(5)}&limit=6`, ids.slice(6), null, at(6))
      await shows(`after=${at(10)}&limit=1`, ids.slice(11), null, at(11))
    })

    it('goes back right before a cursor, still newest first', async () => {
      await shows(`before=${at(11)}&limit=3`, ids.slice(8, 11), at(10), at(8))
      await shows(`before=${at(3)}&limit=3`, ids.slice(0, 3), at(2), null)
      await shows(`before=${at(3)}&limit=2`, ids.slice(1, 3), at(2), at(1))
      await shows(`before=${at(11)}`, ids.slice(1, 11), at(10), at(1))
    })

    it('is empty without cursors beyond either end', async () => {
      await shows(`after=${at(-1)}`, [], null, null)
      await shows(`before=${at(0)}`, [], null, null)
    })

    it('with limit=0 shows only whether there are items beyond the cursor', async () => {
      await shows('limit=0', [], null, null)
      await shows(`limit=0&after=${at(0)}`, [], at(0), null)
      await shows(`limit=0&after=${at(-2)}`, [], at(-2), null)
      await shows(`limit=0&after=${at(-1)}`, [], null, null)
      await shows(`limit=0&before=${at(-1)}`, [], null, at(-1))
      await shows(`limit=0&before=${at(1)}`, [], null, at(1))
      await shows(`limit=0&before=${at(0)}`, [], null, null)
    })

    it('accepts any well-formed id as a position', async () => {
      const [prefix, digits] = at(0).split('_') as [string, string]
      const lowest = `${prefix}_${'0'.repeat(digits.length)}`
      const highest = `${prefix}_${'z'.repeat(digits.length)}`
      await shows(`after=${highest}&limit=2`, ids.slice(0, 2), at(1), null)
      await shows(`before=${lowest}&limit=2`, ids.slice(10), null, at(10))
      await shows(`after=${lowest}`, [], null, null)
      await shows(`before=${highest}`, [], null, null)
      await shows(`limit=0&after=${highest}`, [], highest, null)
      await shows(`limit=0&before=${lowest}`, [], null, lowest)
    })

    it('rejects both cursors at once', async () => {
      for (const query of [`after=${at(5)}&before=${at(2)}`, `after=${at(5)}&before=${at(5)}&limit=0`]) {
        const { status, body } = await sample.call('GET', `${sample.list}${query}`)
        assert.equal(status, 422)
        assert.match(body.details[0].property, /^(after|before)$/)
      }
    })

    it('rejects a limit above 200 and a cursor of the wrong shape', async () => {
      for (const [query, property] of [
        ['limit=201', 'limit'],
        ['limit=-1', 'limit'],
        [`after=${at(0)}0`, 'after'],
        [`after=${at(0).slice(0, -1)}`, 'after'],
        [`before=${at(0).slice(4)}`, 'before'],
        [`before=key_${at(0).slice(4)}`, 'before'],
        [`before=${at(0)}%0A`, 'before'],
      ] as const) {
        const { status, body } = await sample.call('GET', `${sample.list}${query}`)
        assert.equal(status, 422, query)
        assert.deepEqual(
          body.details.map((detail: { property: string }) => detail.property),
          [property],
        )
      }
    })

    if (sample.foreign) {
      it('accepts a cursor of another project as a position, and shows nothing of that project', async () => {
        await shows(`after=${sample.foreign}&limit=200`, ids, null, null)
        await shows(`before=${sample.foreign}`, [], null, null)
        await shows(`limit=0&after=${sample.foreign}`, [], sample.foreign as string, null)
        await shows(`limit=0&before=${sample.foreign}`, [], null, null)
      })
    }
  })
}

for (const [name, { list, call, ids, remove }] of Object.entries(samples)) {
  if (remove === undefined) continue
  describe(`a cursor of ${name}`, () => {
    it('keeps working after its object is deleted', async () => {
      const cursor = ids[5] as string
      const page = async (query: string) => {
        const { body } = await call('GET', `${list}${query}`)
        return { ...body, items: body.items.map((item: { id: string }) => item.id) }
      }
      const [after, before] = [await page(`after=${cursor}&limit=3`), await page(`before=${cursor}&limit=3`)]
      await remove(cursor)
      assert.deepEqual(await page(`after=${cursor}&limit=3`), after)
      assert.deepEqual(await page(`before=${cursor}&limit=3`), before)
      assert.deepEqual(await page(`after=${ids[4]}&limit=3`), { ...after, items: ids.slice(6, 9) })
    })
  })
}

describe('the list of projects', () => {
  it('shows the project of the token', async () => {
    const { body } = await newer.call('GET', '/projects')
    const own = await newer.call('GET', '/projects/newer')
    assert.deepEqual(body, { object: 'list', items: [own.body], moreItemsAfter: null, moreItemsBefore: null })
  })

  it('is empty on either side of it', async () => {
    for (const query of ['after=newer', 'before=newer', 'limit=0', 'limit=0&after=newer', 'limit=0&before=newer']) {
      const { status, body } = await newer.call('GET', `/projects?${query}`)
      assert.equal(status, 200)
      assert.deepEqual(body, { object: 'list', items: [], moreItemsAfter: null, moreItemsBefore: null }, query)
    }
  })

  it('rejects both cursors at once, a limit above 200 and an invalid slug', async () => {
    for (const query of ['after=newer&before=newer', 'limit=201', 'after=Newer', 'before=-newer', 'after=a']) {
      assert.equal((await newer.call('GET', `/projects?${query}`)).status, 422, query)
    }
  })

  it('reveals nothing about another project, as a cursor or otherwise', async () => {
    const absent = await newer.call('GET', '/projects?after=list-nothing')
    const present = await newer.call('GET', '/projects?after=list-devices')
    assert.deepEqual(present.body, absent.body)
  })
})

describe('filtered lists', () => {
  it('have cursors that respect the filter', async () => {
    const project = await server.addProject('filtered', 'test')
    const user = await createUser(project)
    const own: string[] = []
    for (let count = 0; count < 5; count++) {
      own.unshift((await createDevice(project, { user: user.id })).id)
      await createDevice(project)
    }
    const { body: first } = await project.call('GET', `./devices?user=${user.id}&limit=3`)
    assert.deepEqual(
      first.items.map((item: { id: string }) => item.id),
      own.slice(0, 3),
    )
    assert.equal(first.moreItemsAfter, own[2])
    const { body: rest } = await project.call('GET', `./devices?user=${user.id}&limit=3&after=${first.moreItemsAfter}`)
    assert.deepEqual(
      rest.items.map((item: { id: string }) => item.id),
      own.slice(3),
    )
    assert.equal(rest.moreItemsAfter, null)
    assert.equal(rest.moreItemsBefore, own[3])
  })
})

describe('searches', () => {
  const empty = { object: 'list', items: [], moreItemsAfter: null, moreItemsBefore: null }
  const searches: [path: string, body: object][] = [
    ['./devices/search', { imei: makeImei() }],
    ['./users/search', { email: makeEmail() }],
    ['./sims/search', { iccid: makeIccid() }],
    ['/deviceModels/search', { imei: makeImei('00000099') }],
  ]
  for (const [path, body] of searches) {
    it(`return 200 and no items where nothing matches: ${path}`, async () => {
      const response = await newer.call('POST', path, { body })
      assert.equal(response.status, 200)
      assert.deepEqual(response.body, empty)
    })
  }

  it('return the envelope of lists', async () => {
    const [device, user, sim] = [await createDevice(newer), await createUser(newer), await createSim(newer)]
    for (const [path, body, found] of [
      ['./devices/search', { imei: device.imei }, device],
      ['./users/search', { email: user.email.toUpperCase() }, user],
      ['./sims/search', { iccid: `${sim.iccid}F` }, sim],
    ] as const) {
      const response = await newer.call('POST', path, { body })
      assert.deepEqual(response.body, { ...empty, items: [found] })
    }
  })
})
