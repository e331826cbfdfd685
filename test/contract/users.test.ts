import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createSim, createUser, makeEmail } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')
const swiss = await server.addProject('swiss', 'test', ['de-CH', 'fr-CH'])

async function reread(user: { id: string }) {
  const { status, body } = await demo.call('GET', `./users/${user.id}`)
  assert.equal(status, 200)
  return body
}

/** docs/contract.md §9. */
describe('users', () => {
  describe('create', () => {
    it('returns 201 with all nine properties', async () => {
      const given = {
        email: makeEmail(),
        birthday: '2017-07-21',
        emailVerified: true,
        fullName: 'Jerry Seinfeld',
        preferredLocale: 'de-CH',
        metadata: { plan: 'gold' },
      }
      const { status, body } = await demo.call('POST', './users', { body: given })
      assert.equal(status, 201)
      const { id, createdAt, ...rest } = body
      assert.match(id, /^usr_[0-9A-Za-z]{28}$/)
      assert.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      assert.deepEqual(rest, { object: 'user', ...given })
      assert.deepEqual(await reread(body), body)
    })

    it("requires only an e-mail address, and uses the project's first locale", async () => {
      for (const [project, locale] of [
        [demo, 'en-US'],
        [swiss, 'de-CH'],
      ] as const) {
        const email = makeEmail()
        const { status, body } = await project.call('POST', './users', { body: { email } })
        assert.equal(status, 201)
        const { id: _, createdAt: __, ...rest } = body
        assert.deepEqual(rest, {
          object: 'user',
          metadata: {},
          birthday: null,
          email,
          emailVerified: false,
          fullName: null,
          preferredLocale: locale,
        })
      }
    })

    it('requires an e-mail address', async () => {
      const { status, body } = await demo.call('POST', './users', { body: { fullName: 'Jerry' } })
      assert.equal(status, 422)
      assert.equal(body.details[0].code, 'propertyRequired')
      assert.equal(body.details[0].property, 'email')
    })

    const rejected: [string, unknown[]][] = [
      ['email', ['jerry', 'jerry@', '@example.com', 'a b@example.com', '', null, 7, `${'x'.repeat(250)}@example.com`]],
      ['birthday', ['2017-02-30', '21.07.2017', '2017-7-21', '2017-07-21T00:00:00Z', '', 20170721]],
      ['emailVerified', ['true', 1, null]],
      ['fullName', [7, 'x'.repeat(256), ['Jerry']]],
      ['preferredLocale', ['english!', '', 'en_US', null, 7]],
      ['metadata', [null, 'x', { a: 1 }]],
      ['id', ['usr_0SNlurA049MEWV4OpCwsNyC9Kn2d']],
      ['createdAt', ['2017-07-21T00:00:00Z']],
    ]
    for (const [property, values] of rejected) {
      it(`and update reject an invalid ${property}, naming it`, async () => {
        const user = await createUser(demo)
        for (const value of values) {
          const creation = await demo.call('POST', './users', { body: { email: makeEmail(), [property]: value } })
          assert.equal(creation.status, 422, JSON.stringify(value))
          assert.match(creation.body.details[0].property, new RegExp(`^${property}\\b`))
          const update = await demo.call('PATCH', `./users/${user.id}`, { body: { [property]: value } })
          assert.equal(update.status, 422, JSON.stringify(value))
          assert.match(update.body.details[0].property, new RegExp(`^${property}\\b`))
        }
        assert.deepEqual(await reread(user), user)
      })
    }

    it('accepts null for birthday and fullName', async () => {
      const user = await createUser(demo, { birthday: null, fullName: null })
      assert.deepEqual([user.birthday, user.fullName], [null, null])
    })

    it('rejects an address that the project already has, ignoring case', async () => {
      const user = await createUser(demo, { email: makeEmail() })
      for (const email of [user.email, user.email.toUpperCase()]) {
        const { status, body } = await demo.call('POST', './users', { body: { email } })
        assert.equal(status, 422)
        assert.equal(body.code, 'userAlreadyExists')
        assert.equal(body.details[0].property, 'email')
      }
    })

    it('stores the address as it was written', async () => {
      const email = makeEmail().replace('person', 'Person')
      assert.equal((await createUser(demo, { email })).email, email)
    })

    it('accepts an address that another project has', async () => {
      const { email } = await createUser(swiss)
      const { status } = await demo.call('POST', './users', { body: { email } })
      assert.equal(status, 201)
    })

    it('creates one user for concurrent requests with the same address', async () => {
      const email = makeEmail()
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, turn) =>
          demo.call('POST', './users', { body: { email: turn % 2 ? email : email.toUpperCase() } }),
        ),
      )
      assert.equal(answers.filter(({ status }) => status === 201).length, 1)
      assert.equal(answers.filter(({ body }) => body.code === 'userAlreadyExists').length, 19)
    })
  })

  describe('update', () => {
    it('changes each property alone and leaves the others unchanged', async () => {
      const changes = {
        email: makeEmail(),
        birthday: '1990-01-31',
        emailVerified: true,
        fullName: 'Elaine',
        preferredLocale: 'fr',
        metadata: { b: '2' },
      }
      let expected = await createUser(demo)
      for (const [property, value] of Object.entries(changes)) {
        const { status, body } = await demo.call('PATCH', `./users/${expected.id}`, { body: { [property]: value } })
        assert.equal(status, 200)
        expected = { ...expected, [property]: value }
        assert.deepEqual(body, expected)
      }
      assert.deepEqual(await reread(expected), expected)
    })

    it('clears birthday and fullName for null', async () => {
      const user = await createUser(demo, { birthday: '1990-01-31', fullName: 'Elaine' })
      const { body } = await demo.call('PATCH', `./users/${user.id}`, { body: { birthday: null, fullName: null } })
      assert.deepEqual(body, { ...user, birthday: null, fullName: null })
    })

    it('changes nothing for {}', async () => {
      const user = await createUser(demo, { fullName: 'George', metadata: { a: '1' } })
      const { status, body } = await demo.call('PATCH', `./users/${user.id}`, { body: {} })
      assert.equal(status, 200)
      assert.deepEqual(body, user)
    })

    it('can change the case of its own address', async () => {
      const user = await createUser(demo)
      const { status, body } = await demo.call('PATCH', `./users/${user.id}`, {
        body: { email: user.email.toUpperCase() },
      })
      assert.equal(status, 200)
      assert.equal(body.email, user.email.toUpperCase())
    })

    it("rejects another user's address, ignoring case, and changes nothing", async () => {
      const [user, other] = [await createUser(demo), await createUser(demo)]
      const { status, body } = await demo.call('PATCH', `./users/${user.id}`, {
        body: { email: other.email.toUpperCase(), fullName: 'New', metadata: { a: '1' } },
      })
      assert.equal(status, 422)
      assert.equal(body.code, 'userAlreadyExists')
      assert.deepEqual(await reread(user), user)
    })

    it('shows on the devices of the user', async () => {
      const user = await createUser(demo)
      const device = await createDevice(demo, { user: user.id })
      const { body } = await demo.call('PATCH', `./users/${user.id}`, { body: { fullName: 'Kramer' } })
      assert.deepEqual((await demo.call('GET', `./devices/${device.id}`)).body.user, body)
    })
  })

  describe('delete', () => {
    it('returns the user, who is 404 from then on', async () => {
      const user = await createUser(demo, { fullName: 'Newman' })
      const { status, body } = await demo.call('DELETE', `./users/${user.id}`)
      assert.equal(status, 200)
      assert.deepEqual(body, user)
      for (const method of ['GET', 'DELETE']) {
        assert.equal((await demo.call(method, `./users/${user.id}`)).status, 404)
      }
      assert.equal((await demo.call('PATCH', `./users/${user.id}`, { body: {} })).status, 404)
      const found = await demo.call('POST', './users/search', { body: { email: user.email } })
      assert.deepEqual(found.body.items, [])
    })

    it('releases their devices: user and name become null, SIMs and metadata stay', async () => {
      const [user, bystander, sim] = [await createUser(demo), await createUser(demo), await createSim(demo)]
      const first = await createDevice(demo, { user: user.id, name: 'A', sims: [sim.id], metadata: { a: '1' } })
      const second = await createDevice(demo, { user: user.id })
      const untouched = await createDevice(demo, { user: bystander.id, name: 'B' })
      await demo.call('DELETE', `./users/${user.id}`)
      for (const device of [first, second]) {
        const { body } = await demo.call('GET', `./devices/${device.id}`)
        assert.deepEqual(body, { ...device, user: null, name: null })
      }
      assert.deepEqual((await demo.call('GET', `./devices/${untouched.id}`)).body, untouched)
      const listed = await demo.call('GET', `./devices?user=${user.id}`)
      assert.deepEqual(listed.body.items, [])
    })

    it('frees their address', async () => {
      const user = await createUser(demo)
      await demo.call('DELETE', `./users/${user.id}`)
      const next = await createUser(demo, { email: user.email })
      assert.notEqual(next.id, user.id)
    })
  })

  describe('list', () => {
    it('shows the newest first, in pages', async () => {
      const users = [await createUser(demo), await createUser(demo), await createUser(demo)]
      const first = await demo.call('GET', './users?limit=2')
      assert.deepEqual(first.body.items, [users[2], users[1]])
      assert.equal(first.body.moreItemsAfter, users[1].id)
      const second = await demo.call('GET', `./users?limit=1&after=${users[1].id}`)
      assert.deepEqual(second.body.items, [users[0]])
      const back = await demo.call('GET', `./users?limit=2&before=${users[0].id}`)
      assert.deepEqual(back.body.items, [users[2], users[1]])
    })
  })

  describe('search', () => {
    it('finds the user with the address, ignoring case', async () => {
      const user = await createUser(demo)
      for (const email of [user.email, user.email.toUpperCase()]) {
        const { status, body } = await demo.call('POST', './users/search', { body: { email } })
        assert.equal(status, 200)
        assert.deepEqual(body, { object: 'list', items: [user], moreItemsAfter: null, moreItemsBefore: null })
      }
    })

    it('is empty for an unknown address and for one of another project', async () => {
      const elsewhere = await createUser(swiss)
      for (const email of [makeEmail(), elsewhere.email]) {
        const { status, body } = await demo.call('POST', './users/search', { body: { email } })
        assert.equal(status, 200)
        assert.deepEqual(body.items, [])
      }
    })

    it('requires a valid address', async () => {
      for (const body of [{}, { email: 'jerry' }, { email: null }]) {
        const response = await demo.call('POST', './users/search', { body })
        assert.equal(response.status, 422)
        assert.equal(response.body.details[0].property, 'email')
      }
    })
  })

  it('of another project are 404, and stay unchanged', async () => {
    const user = await createUser(swiss)
    for (const [method, asked] of [
      ['GET', {}],
      ['PATCH', { body: { fullName: 'Taken' } }],
      ['DELETE', {}],
    ] as const) {
      assert.equal((await demo.call(method, `./users/${user.id}`, asked)).status, 404)
    }
    assert.deepEqual((await swiss.call('GET', `./users/${user.id}`)).body, user)
  })
})
