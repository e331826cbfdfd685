import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDevice, createSim, createUser, makeEmail, makeIccid, makeImei } from '../support/factories.ts'
import type { ApiResponse } from '../support/server.ts'
import { startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')
const live = await server.addProject('live', 'live')

interface Detail {
  object: string
  code: string
  message: string
  property: string
  suggestion: string | null
}

/** The code reported for each property. */
function codes({ body }: ApiResponse): Record<string, string> {
  const details: Detail[] = body.details
  assert.equal(new Set(details.map(({ property }) => property)).size, details.length, 'one detail per property')
  return Object.fromEntries(details.map(({ property, code }) => [property, code]))
}

/** docs/contract.md §2. */
describe('an error', () => {
  it('has object, type and message, and details of one shape', async () => {
    const { status, body } = await demo.call('POST', './devices', { body: { imeii: makeImei(), name: 5 } })
    assert.equal(status, 422)
    assert.equal(body.object, 'error')
    assert.equal(body.type, 'invalid')
    assert.equal(typeof body.message, 'string')
    assert.ok(body.message.length > 0)
    for (const detail of body.details) {
      assert.deepEqual(Object.keys(detail).sort(), ['code', 'message', 'object', 'property', 'suggestion'])
      assert.equal(detail.object, 'propertyErrorDetail')
      assert.ok(detail.message.includes(detail.property), detail.message)
    }
  })

  it('is JSON whatever the request accepts', async () => {
    const { status, headers } = await demo.call('GET', './devices?nonsense=1', { headers: { accept: 'text/html' } })
    assert.equal(status, 422)
    assert.match(headers['content-type'] ?? '', /^application\/json/)
  })

  it('has a detail for every offending property', async () => {
    const response = await live.call('POST', './devices', {
      body: {
        imei: '492388841798920',
        name: '',
        user: 5,
        sims: ['a', 1],
        metadata: { good: 'x', bad: 1, 'gigs.com': 'x', ['k'.repeat(41)]: 'x' },
        colour: 'blue',
        weight: 5,
      },
    })
    assert.equal(response.status, 422)
    assert.equal(response.body.code, undefined)
    assert.deepEqual(codes(response), {
      imei: 'invalidImei',
      name: 'propertyInvalid',
      user: 'propertyInvalid',
      'sims[1]': 'propertyInvalid',
      'metadata.bad': 'propertyInvalid',
      'metadata.gigs.com': 'propertyInvalid',
      [`metadata.${'k'.repeat(41)}`]: 'propertyInvalid',
      colour: 'propertyUnknown',
      weight: 'propertyUnknown',
    })
  })

  it('has a detail for missing properties as well as unknown ones', async () => {
    assert.deepEqual(codes(await demo.call('POST', './users', { body: { mail: 'a@example.com' } })), {
      email: 'propertyRequired',
      mail: 'propertyUnknown',
    })
  })

  it('suggests the name that was probably meant, or null', async () => {
    const suggestionFor = async (path: string, property: string) => {
      const { body } = await demo.call('POST', path, { body: { [property]: 'x' } })
      const detail = body.details.find((one: Detail) => one.property === property)
      assert.equal(detail.code, 'propertyUnknown')
      return detail.suggestion
    }
    assert.equal(await suggestionFor('./devices', 'metdata'), 'metadata')
    assert.equal(await suggestionFor('./devices', 'IMEI'), 'imei')
    assert.equal(await suggestionFor('./devices', 'sim'), 'sims')
    assert.equal(await suggestionFor('./users', 'full_name'), 'fullName')
    assert.equal(await suggestionFor('./users', 'serialNumber'), null)
    assert.equal(await suggestionFor('./users', 'x'.repeat(10_000)), null)
  })

  it('suggests nothing where the property name is right', async () => {
    const { body } = await demo.call('POST', './users', { body: { email: 'nobody' } })
    assert.equal(body.details[0].suggestion, null)
  })

  it('is the same for every absent object, whatever its id looks like', async () => {
    const absent = await demo.call('GET', `./devices/dev_${'0'.repeat(28)}`)
    assert.equal(absent.status, 404)
    assert.equal(absent.body.type, 'notFound')
    for (const id of [
      'nonsense',
      '1',
      `usr_${'0'.repeat(28)}`,
      `dev_${'z'.repeat(500)}`,
      "' OR 1=1 --",
      '%F0%9F%93%B1',
    ]) {
      const { status, body } = await demo.call('GET', `./devices/${encodeURI(id).replaceAll('%25', '%')}`)
      assert.equal(status, 404, id)
      assert.deepEqual(body, absent.body)
    }
  })
})

describe('the code of an error', () => {
  it('is deviceImeiAlreadyExists for an IMEI that the project already has', async () => {
    const device = await createDevice(demo)
    const response = await demo.call('POST', './devices', { body: { imei: device.imei } })
    assert.equal(response.status, 422)
    assert.equal(response.body.code, 'deviceImeiAlreadyExists')
    assert.deepEqual(codes(response), { imei: 'deviceImeiAlreadyExists' })
  })

  it('is deviceSimAlreadyUsed for a SIM that is on another device, on create and on update', async () => {
    const [free, used] = [await createSim(demo), await createSim(demo)]
    await createDevice(demo, { sims: [used.id] })
    const device = await createDevice(demo)
    const sims = [free.id, used.id]
    for (const response of [
      await demo.call('POST', './devices', { body: { imei: makeImei(), sims } }),
      await demo.call('PATCH', `./devices/${device.id}`, { body: { sims } }),
    ]) {
      assert.equal(response.status, 422)
      assert.equal(response.body.code, 'deviceSimAlreadyUsed')
      assert.deepEqual(codes(response), { 'sims[1]': 'deviceSimAlreadyUsed' })
    }
  })

  it('is userAlreadyExists for an address that the project already has, ignoring case, on create and on update', async () => {
    const email = makeEmail()
    await createUser(demo, { email })
    const other = await createUser(demo)
    for (const response of [
      await demo.call('POST', './users', { body: { email: email.toUpperCase() } }),
      await demo.call('PATCH', `./users/${other.id}`, { body: { email: email.toUpperCase() } }),
    ]) {
      assert.equal(response.status, 422)
      assert.equal(response.body.code, 'userAlreadyExists')
      assert.deepEqual(codes(response), { email: 'userAlreadyExists' })
    }
  })

  it('is simAlreadyExists for an ICCID that the project already has, with and without the filler', async () => {
    const iccid = makeIccid()
    await createSim(demo, { iccid: `${iccid}F` })
    for (const form of [iccid, `${iccid}f`]) {
      const response = await demo.call('POST', './sims', { body: { iccid: form } })
      assert.equal(response.status, 422)
      assert.equal(response.body.code, 'simAlreadyExists')
      assert.deepEqual(codes(response), { iccid: 'simAlreadyExists' })
    }
  })

  it('is invalidImei for an invalid IMEI wherever one is accepted, with a hint', async () => {
    for (const path of ['./devices', './devices/search', '/deviceModels/search']) {
      const response = await demo.call('POST', path, { body: { imei: '49-238884-179892-3' } })
      assert.equal(response.status, 422, path)
      assert.equal(response.body.code, 'invalidImei')
      assert.match(response.body.hint, /separators/)
      assert.deepEqual(codes(response), { imei: 'invalidImei' })
    }
  })

  it('is invalidIccid for an invalid ICCID, with the pattern as the hint', async () => {
    for (const path of ['./sims', './sims/search']) {
      const response = await demo.call('POST', path, { body: { iccid: '8988307' } })
      assert.equal(response.status, 422, path)
      assert.equal(response.body.code, 'invalidIccid')
      assert.equal(response.body.hint, '^([0-9]{19}[Ff]?|[0-9]{20})$')
      assert.deepEqual(codes(response), { iccid: 'invalidIccid' })
    }
  })
})

describe('two violated rules', () => {
  it('are reported with a detail each and no code: an IMEI that exists and SIMs in use', async () => {
    const used = [await createSim(demo), await createSim(demo)]
    const device = await createDevice(demo, { sims: used.map(({ id }) => id) })
    const sims = [used[0].id, (await createSim(demo)).id, used[1].id]
    const response = await demo.call('POST', './devices', { body: { imei: device.imei, sims } })
    assert.equal(response.status, 422)
    assert.equal(response.body.type, 'invalid')
    assert.equal(response.body.code, undefined)
    assert.deepEqual(codes(response), {
      imei: 'deviceImeiAlreadyExists',
      'sims[0]': 'deviceSimAlreadyUsed',
      'sims[2]': 'deviceSimAlreadyUsed',
    })
  })

  it('are reported together: a SIM in use and metadata that would become too large', async () => {
    const used = await createSim(demo)
    await createDevice(demo, { sims: [used.id] })
    const metadata = (from: number) =>
      Object.fromEntries(Array.from({ length: 6 }, (_, key) => [`k${from + key}`, 'v']))
    const device = await createDevice(demo, { metadata: metadata(0) })
    const response = await demo.call('PATCH', `./devices/${device.id}`, {
      body: { sims: [used.id], metadata: metadata(6) },
    })
    assert.equal(response.status, 422)
    assert.deepEqual(codes(response), { 'sims[0]': 'deviceSimAlreadyUsed', metadata: 'propertyInvalid' })
  })

  it('are reported together: an address that exists and metadata that would become too large', async () => {
    const metadata = (from: number) =>
      Object.fromEntries(Array.from({ length: 6 }, (_, key) => [`k${from + key}`, 'v']))
    const [other, user] = [await createUser(demo), await createUser(demo, { metadata: metadata(0) })]
    const response = await demo.call('PATCH', `./users/${user.id}`, {
      body: { email: other.email, metadata: metadata(6) },
    })
    assert.equal(response.status, 422)
    assert.deepEqual(codes(response), { email: 'userAlreadyExists', metadata: 'propertyInvalid' })
  })

  it('are reported together: an unknown user and unknown SIMs', async () => {
    const sim = await createSim(demo)
    const response = await demo.call('POST', './devices', {
      body: { imei: makeImei(), user: 'nobody', sims: ['one', sim.id, 'two'] },
    })
    assert.equal(response.status, 404)
    assert.equal(response.body.type, 'notFound')
    assert.deepEqual(Object.keys(codes(response)).sort(), ['sims[0]', 'sims[2]', 'user'])
    const details: { message: string }[] = response.body.details
    for (const id of ['nobody', 'one', 'two']) assert.ok(details.some(({ message }) => message.includes(id)))
    assert.match(response.body.message, /^3 objects/)
  })
})
