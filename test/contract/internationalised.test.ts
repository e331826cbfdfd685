import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createUser } from '../support/factories.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const { call } = await server.addProject('demo', 'test')
const demo = { ...(await server.addProject('names', 'test')) }

const create = (email: string) => call('POST', './users', { body: { email } })

/** docs/contract.md §9; RFC 5321 and RFC 6531. */
describe('an e-mail address', () => {
  for (const email of [
    'josé@example.com',
    'käthe@bücher.example',
    '用户@例子.公司',
    'अजय@डाटा.भारत',
    'o.k+tag@xn--bcher-kva.example',
    '"two@signs"@example.com',
    '"quo\\"te"@example.com',
    `${'ü'.repeat(32)}@example.com`,
  ]) {
    it(`can be ${email}`, async () => {
      const { status, body } = await create(email)
      assert.equal(status, 201)
      assert.equal(body.email, email)
      assert.equal((await call('POST', './users/search', { body: { email } })).body.items[0].id, body.id)
    })
  }

  for (const email of [
    ...['two@signs@example.com', '.dot@example.com', 'dot.@example.com', 'do..t@example.com', '@example.com', 'nobody'],
    ...['a b@example.com', '"a b"@example.com', 'a\u00a0b@example.com', 'a\u0085@example.com', 'a@exam ple.com'],
    ...['a@example', 'a@-example.com', 'a@example-.com', 'a@exa_mple.com', 'a@example..com', '"open@example.com'],
    ...['Anna <anna@example.com>', 'a@example.com,b@example.com', `${'ü'.repeat(33)}@example.com`],
    ...[`a@${'ü'.repeat(32)}.example`, `a@${'ü.'.repeat(90)}example`],
  ]) {
    it(`cannot be ${JSON.stringify(email)}`, async () => {
      const { status, body } = await create(email)
      assert.equal(status, 422)
      assert.deepEqual(
        [body.details[0].property, body.details[0].message],
        ['email', '`email` must be a valid e-mail address'],
      )
    })
  }

  it('is compared ignoring case and encoding, but not accents', async () => {
    assert.equal((await create('rené.ΣΟΦΟΣ@straße.example')).status, 201)
    for (const same of ['RENÉ.σοφος@STRASSE.example', 'rene\u0301.σοφοσ@straße.example', 'René.ΣΟΦΟς@Straße.example']) {
      assert.equal((await create(same)).body.code, 'userAlreadyExists', same)
      assert.equal((await call('POST', './users/search', { body: { email: same } })).body.items.length, 1, same)
    }
    assert.equal((await create('rene.ΣΟΦΟΣ@straße.example')).status, 201)
  })
})

/** docs/contract.md §8 and §12. */
describe('the name of a device', () => {
  it('is found ignoring case and accents, however they are encoded', async () => {
    for (const [name, ...queries] of [
      ['Renés Telefon', 'RENÉ', 'rene', 'rene\u0301s'],
      ['Zoe\u0308', 'zoë', 'ZOE', 'Zoë'],
      ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς', 'οδυσσευσ', 'Οδυσσεύς'],
      ['Straße', 'STRASSE', 'strasse'],
      ['İstanbul', 'istanbul', 'ISTANBUL'],
    ] as const) {
      const { id } = await createDevice(demo, { name })
      for (const query of queries) {
        const { body } = await demo.call('GET', `./devices?q=${encodeURIComponent(query)}`)
        assert.deepEqual(
          body.items.map((item: { id: string }) => item.id),
          [id],
          query,
        )
      }
    }
  })

  it('is stored and returned as sent', async () => {
    const { name } = await createDevice(demo, { name: 'Cafe\u0301 İ', user: (await createUser(demo)).id })
    assert.equal(name, 'Cafe\u0301 İ')
  })
})

describe('a property with transposed letters', () => {
  for (const [path, body, suggestion] of [
    ['./devices', { imie: '492388841798923' }, 'imei'],
    ['./devices', { imei: '492388841798923', naem: 'x' }, 'name'],
    ['./users', { emial: 'a@example.com' }, 'email'],
  ] as const) {
    it(`gets a suggestion: ${suggestion}`, async () => {
      const { body: error } = await call('POST', path, { body })
      const unknown = error.details.find((detail: { code: string }) => detail.code === 'propertyUnknown')
      assert.equal(unknown.suggestion, suggestion)
    })
  }

  it('gets a suggestion in a query too', async () => {
    const { body } = await call('GET', '/deviceModels?brnad=Apple')
    assert.equal(body.details[0].suggestion, 'brand')
  })
})
