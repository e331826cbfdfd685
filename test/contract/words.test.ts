import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createDevice,
  createSim,
  createUser,
  createUserClient,
  makeEmail,
  makeIccid,
  makeImei,
} from '../support/factories.ts'
import { type Client, startServer, type TestProject } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')
const other = await server.addProject('other', 'test')

type Kind = 'users' | 'devices' | 'sims'

/** The ids that a search finds, newest first. */
async function found(kind: Kind, q: string, call: Client = demo.call): Promise<string[]> {
  const { status, body } = await call('GET', `./${kind}?limit=200&q=${encodeURIComponent(q)}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body.items.map(({ id }: { id: string }) => id)
}

/** Asserts that each of these searches finds exactly these objects, before and after their words are merged. */
async function assertFound(kind: Kind, searches: readonly string[], ids: readonly string[]): Promise<void> {
  for (const q of searches) assert.deepEqual(await found(kind, q), ids, q)
  await server.context.words.merge(demo.project.id)
  for (const q of searches) assert.deepEqual(await found(kind, q), ids, `${q}, merged`)
}

/** docs/contract.md §12. */
describe('users are found', () => {
  it('by the starts of words of the full name, in any order, without case and accents', async () => {
    const { id } = await createUser(demo, { fullName: 'Amélie Grünwald-Øst' })
    await assertFound('users', ['amelie', 'AMÉ', 'grün', 'grun amel', 'amelie grunwald', 'Øst, amelie'], [id])
    await assertFound('users', ['melie', 'amelie x', 'ameliex'], [])
  })

  it('by every spelling of a name in capitals, and by parts of names in any script', async () => {
    const make = async (fullName: string) => [(await createUser(demo, { fullName })).id as string]
    await assertFound('users', ['Preußner', 'preussner', 'PREUSSNER', 'PREUẞNER'], await make('Ute Preußner'))
    await assertFound('users', ['yigitalp', 'YİĞİTALP', 'YIĞITALP', 'yiğıtalp'], await make('Yiğit Yiğitalp'))
    await assertFound('users', ["o'flaherty", 'O’Flaherty', 'flaherty, o'], await make("Niamh O'Flaherty"))
    await assertFound('users', ['чуковский корней', 'ЧУКОВСКИИ'], await make('Корней Чуковский'))
    await assertFound('users', ['欧阳', '欧阳修'], await make('欧阳修'))
  })

  it('by words of the e-mail address and of metadata values, but not by metadata keys', async () => {
    const { id } = await createUser(demo, {
      email: 'quentin.t@tarquinia.example',
      metadata: { customer: 'Vallorbe AG' },
    })
    await assertFound(
      'users',
      ['quentin', 'tarquinia', 'vallor', 'quentin tarquinia', 'quentin.t@tarquinia', 'ag vallorbe'],
      [id],
    )
    await assertFound('users', ['customer vallorbe'], [])
  })

  it('by their current values, after a change and a deletion', async () => {
    const user = await createUser(demo, { fullName: 'Hieronymus Before', metadata: { a: 'constantly' } })
    await assertFound('users', ['hieronymus before'], [user.id])
    await demo.call('PATCH', `./users/${user.id}`, {
      body: { fullName: 'Hieronymus After', metadata: { b: 'newlyset' } },
    })
    await assertFound('users', ['hieronymus', 'hieronymus after', 'constantly', 'newlyset'], [user.id])
    await assertFound('users', ['hieronymus before'], [])
    await demo.call('DELETE', `./users/${user.id}`)
    await assertFound('users', ['hieronymus', 'constantly'], [])
  })

  it('by their current values, after a change and a deletion right after they were created', async () => {
    const [changed, deleted] = [
      await createUser(demo, { fullName: 'Eulalia Before' }),
      await createUser(demo, { fullName: 'Eulalia Gone' }),
    ]
    await demo.call('PATCH', `./users/${changed.id}`, { body: { fullName: 'Eulalia After' } })
    await demo.call('DELETE', `./users/${deleted.id}`)
    await assertFound('users', ['eulalia', 'eulalia after'], [changed.id])
    await assertFound('users', ['eulalia before', 'eulalia gone'], [])
  })

  it('by long words, of which the index has only the start', async () => {
    const start = 'z'.repeat(60)
    const { id } = await createUser(demo, { fullName: `${start}first` })
    await createUser(demo, { fullName: `${start}second` })
    await assertFound('users', [`${start}fi`], [id])
    assert.equal((await found('users', 'z'.repeat(45))).length, 2)
  })

  it('as soon as an import has created or updated them', async () => {
    const emails = Array.from({ length: 150 }, makeEmail)
    const file = (name: string) => `email,fullName\n${emails.map((email) => `${email},${name}`).join('\n')}\n`
    const load = (query: string, raw: string) =>
      demo.call('POST', `./users/import${query}`, { raw, headers: { 'content-type': 'text/csv' } })
    assert.equal((await load('', file('Konrad Imported'))).status, 200)
    assert.equal((await found('users', 'imported konrad')).length, 150)
    assert.equal((await load('?update=true', file('Konrad Overwritten'))).status, 200)
    assert.equal((await found('users', 'konrad overw')).length, 150)
    assert.deepEqual(await found('users', 'imported konrad'), [])
  })

  it('only in their own project', async () => {
    const name = 'Isolde Sequestered'
    await createUser(other, { fullName: name })
    await assertFound('users', ['isolde', 'sequestered'], [])
  })
})

describe('devices are found', () => {
  it('by words of the name and of metadata values', async () => {
    const { id } = await createDevice(demo, { name: "Wendelin's iPhone", metadata: { place: 'Lagerhaus Nord' } })
    await assertFound('devices', ['wendelin', 'iphone wend', 'lagerhaus', 'nord wendelin'], [id])
    await assertFound('devices', ['place lagerhaus'], [])
  })

  it('no longer by a name that they lose with their user', async () => {
    const user = await createUser(demo)
    const { id } = await createDevice(demo, {
      name: 'Ludovica phone',
      user: user.id,
      metadata: { keep: 'ludovicakept' },
    })
    await demo.call('DELETE', `./users/${user.id}`)
    await assertFound('devices', ['ludovica phone'], [])
    await assertFound('devices', ['ludovicakept'], [id])
  })

  it('by the name that a replacement takes over', async () => {
    const old = await createDevice(demo, { name: 'Serafina tablet' })
    const { body } = await demo.call('POST', `./devices/${old.id}/replacement`, { body: { imei: makeImei() } })
    await assertFound('devices', ['serafina'], [body.id])
  })

  it('together with other filters', async () => {
    const user = await createUser(demo)
    const owned = await createDevice(demo, { name: 'Common thing', user: user.id })
    await createDevice(demo, { name: 'Common thing' })
    const { body } = await demo.call('GET', `./devices?q=common&user=${user.id}`)
    assert.deepEqual(
      body.items.map(({ id }: { id: string }) => id),
      [owned.id],
    )
    const tac = owned.imei.slice(0, 8)
    assert.equal((await demo.call('GET', `./devices?q=common&tac=${tac}`)).body.items.length, 2)
    assert.equal((await demo.call('GET', './devices?q=common&tac=00000001')).body.items.length, 0)
  })
})

describe('SIMs are found', () => {
  it('by a phone number in their metadata, however it is written, and by its end', async () => {
    const { id } = await createSim(demo, { metadata: { msisdn: '+41 79 123 45 67' } })
    await createSim(demo, { metadata: { msisdn: '+41 79 123 45 68' } })
    await assertFound('sims', ['079 123 45 67', '+41791234567', '4567', '41 79 1234567', '(079) 123-45.67'], [id])
    await assertFound('sims', ['9999', '79123456'], [])
  })

  it('by a number in national form, but not by its international form', async () => {
    const { id } = await createSim(demo, { metadata: { msisdn: '044 987 65 43' } })
    await assertFound('sims', ['0449876543', '044 987 65 43', '449876543', '6543'], [id])
    await assertFound('sims', ['+41449876543'], [])
  })

  it('by the start or the end of the ICCID, with the other words', async () => {
    const { id } = await createSim(demo, { iccid: '8912000000000555777', metadata: { box: 'Carton' } })
    await assertFound('sims', ['891200', '8912 0000 0000 0555 777', '555777', '555777 carton'], [id])
    await assertFound('sims', ['555777 basket', '000555'], [])
  })

  it('by default only if they are not retired', async () => {
    const { id } = await createSim(demo, { status: 'retired', metadata: { note: 'Obsolete' } })
    await assertFound('sims', ['obsolete'], [])
    const { body } = await demo.call('GET', './sims?q=obsolete&status=retired')
    assert.equal(body.items[0].id, id)
  })
})

describe('a user token', () => {
  it('finds only what it may see', async () => {
    const user = await createUser(demo, { fullName: 'Balthasar Mine' })
    await createUser(demo, { fullName: 'Balthasar Other' })
    const sim = await createSim(demo, { metadata: { note: 'balthasarsim' } })
    await createSim(demo, { metadata: { note: 'balthasarsim' } })
    const device = await createDevice(demo, { name: 'balthasarphone', user: user.id, sims: [sim.id] })
    await createDevice(demo, { name: 'balthasarphone' })
    const call = await createUserClient(server, demo, user.id)
    assert.deepEqual(await found('users', 'balthasar', call), [user.id])
    assert.deepEqual(await found('devices', 'balthasar', call), [device.id])
    assert.deepEqual(await found('sims', 'balthasar', call), [sim.id])
  })
})

describe('q', () => {
  it('must have 1 to 255 characters, at least one word and at most ten', async () => {
    for (const kind of ['users', 'devices', 'sims']) {
      for (const [q, status] of [
        ['', 422],
        ['a'.repeat(255), 200],
        ['a'.repeat(256), 422],
        ['!? -', 422],
        ['a b c d e f g h i j', 200],
        ['a b c d e f g h i j k', 422],
        ['1 2 3 4 5 6 7 8 9 0 1', 422],
      ] as const) {
        const response = await demo.call('GET', `./${kind}?q=${encodeURIComponent(q)}`)
        assert.equal(response.status, status, `${kind} ${q}`)
        if (status === 422) assert.equal(response.body.details[0].property, 'q')
      }
    }
  })

  it('finds every object once, page by page in both directions', async () => {
    const project = await server.addProject('paged', 'test')
    const ids: string[] = []
    for (let made = 0; made < 25; made++) {
      const { id } = await createUser(project, { fullName: made % 2 === 0 ? 'Paula Even' : 'Paul Odd' })
      if (made === 12) await server.context.words.merge(project.project.id)
      if (made % 2 === 0) ids.unshift(id)
    }
    await assertPages(project, 'paula', ids)
    await assertPages(project, 'even paul', ids)
  })
})

async function assertPages({ call }: TestProject, q: string, ids: readonly string[]): Promise<void> {
  const pages: string[][] = []
  let page = (await call('GET', `./users?limit=4&q=${encodeURIComponent(q)}`)).body
  assert.equal(page.moreItemsBefore, null)
  for (;;) {
    pages.push(page.items.map(({ id }: { id: string }) => id))
    if (page.moreItemsAfter === null) break
    page = (await call('GET', `./users?limit=4&q=${encodeURIComponent(q)}&after=${page.moreItemsAfter}`)).body
  }
  assert.deepEqual(pages.flat(), ids)
  const back: string[][] = []
  while (page.moreItemsBefore !== null) {
    page = (await call('GET', `./users?limit=4&q=${encodeURIComponent(q)}&before=${page.moreItemsBefore}`)).body
    back.unshift(page.items.map(({ id }: { id: string }) => id))
  }
  assert.deepEqual(back, pages.slice(0, -1))
}

describe('the log', () => {
  it('has none of the words that were searched', async () => {
    const word = 'xylophonist'
    await createUser(demo, { fullName: word, email: makeEmail() })
    const iccid = makeIccid()
    await createSim(demo, { iccid })
    for (const kind of ['users', 'devices', 'sims']) {
      await demo.call('GET', `./${kind}?q=${word}`)
      await demo.call('GET', `./${kind}?q=${iccid}`)
      await demo.call('GET', `./${kind}?q=${word}&limit=x`)
    }
    const log = server.log.lines().join('')
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    for (const text of [log, metrics]) {
      assert.ok(!text.includes(word))
      assert.ok(!text.includes(iccid))
    }
  })
})
