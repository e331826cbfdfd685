import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkDigit } from '../../src/domain/imei.ts'
import { createDevice, makeImei } from '../support/factories.ts'
import { startServer, type TestProject } from '../support/server.ts'

const server = await startServer()
const live = await server.addProject('live-project', 'live')
const test = await server.addProject('test-project', 'test')

/** The example of the specification, whose check digit is wrong. */
const REFERENCE_EXAMPLE = '492388841798923'

/** A valid IMEI with its check digit changed. */
function withWrongDigit(imei: string): string {
  return imei.slice(0, 14) + String((Number(imei[14]) + 1) % 10)
}

function register(project: TestProject, imei: unknown) {
  return project.call('POST', './devices', { body: { imei } })
}

/** docs/contract.md §7. */
describe('IMEI', () => {
  it('has 15 digits, the last of which is the Luhn check digit of the others', async () => {
    for (const imei of ['490154203237518', '356938035643809', '352099001761481']) {
      const { status, body } = await register(live, imei)
      assert.equal(status, 201)
      assert.equal(body.imei, imei)
    }
  })

  it('accepts a 16-digit IMEISV and stores the 15-digit IMEI of the same equipment', async () => {
    for (const project of [live, test]) {
      const imei = makeImei()
      const { status, body } = await register(project, `${imei.slice(0, 14)}78`)
      assert.equal(status, 201)
      assert.equal(body.imei, imei)
    }
  })

  it('registers a device once, whichever form comes first', async () => {
    for (const project of [live, test]) {
      for (const [first, second] of [
        [(imei: string) => imei, (imei: string) => `${imei.slice(0, 14)}01`],
        [(imei: string) => `${imei.slice(0, 14)}01`, (imei: string) => imei],
        [(imei: string) => `${imei.slice(0, 14)}01`, (imei: string) => `${imei.slice(0, 14)}02`],
      ] as const) {
        const imei = makeImei()
        assert.equal((await register(project, first(imei))).status, 201)
        const { status, body } = await register(project, second(imei))
        assert.equal(status, 422)
        assert.equal(body.code, 'deviceImeiAlreadyExists')
      }
    }
  })

  it('is found by either form', async () => {
    for (const project of [live, test]) {
      const device = await createDevice(project)
      for (const imei of [device.imei, `${device.imei.slice(0, 14)}42`]) {
        const { status, body } = await project.call('POST', './devices/search', { body: { imei } })
        assert.equal(status, 200)
        assert.deepEqual(body.items, [device])
      }
    }
  })

  describe('in a live project', () => {
    it('with a wrong check digit is rejected, with a hint that names the right digit', async () => {
      const imei = makeImei()
      for (const path of ['./devices', './devices/search']) {
        const { status, body } = await live.call('POST', path, { body: { imei: withWrongDigit(imei) } })
        assert.equal(status, 422)
        assert.equal(body.code, 'invalidImei')
        assert.ok(body.hint.includes(`before it require ${imei[14]}`), body.hint)
        assert.deepEqual(
          body.details.map(({ code, property }: { code: string; property: string }) => [code, property]),
          [['invalidImei', 'imei']],
        )
      }
    })

    it('with any of the nine wrong check digits is rejected', async () => {
      const imei = makeImei()
      const statuses: number[] = []
      for (let digit = 0; digit <= 9; digit++) statuses.push((await register(live, imei.slice(0, 14) + digit)).status)
      assert.deepEqual(
        statuses,
        statuses.map((_, digit) => (String(digit) === imei[14] ? 201 : 422)),
      )
    })
  })

  describe('in a test project', () => {
    it('is stored as sent, whatever its check digit', async () => {
      for (const imei of [REFERENCE_EXAMPLE, withWrongDigit(makeImei())]) {
        const { status, body } = await register(test, imei)
        assert.equal(status, 201)
        assert.equal(body.imei, imei)
      }
    })

    it('that differs from another only in the last digit is another device', async () => {
      const imei = makeImei()
      const wrong = withWrongDigit(imei)
      const devices = [(await register(test, imei)).body, (await register(test, wrong)).body]
      assert.notEqual(devices[0].id, devices[1].id)
      for (const [position, sent] of [imei, wrong].entries()) {
        const { body } = await test.call('POST', './devices/search', { body: { imei: sent } })
        assert.deepEqual(body.items, [devices[position]])
      }
    })
  })

  describe('of a wrong shape is 422 with a hint that describes the problem', () => {
    const looks: [string, unknown, RegExp][] = [
      ['14 digits', '49015420323751', /14 digits: the check digit is missing/],
      ['13 digits', '4901542032375', /13 digits/],
      ['17 digits', '49015420323751801', /17 digits/],
      ['an ICCID', '89883070000007537119', /ICCID/],
      ['dashes', '49-015420-323751-8', /separators/],
      ['spaces', '490154 203237 518', /separators/],
      ['a leading space', ' 490154203237518', /separators/],
      ['a trailing space', '490154203237518 ', /separators/],
      ['a trailing line break', '490154203237518\n', /separators/],
      ['letters', '49015420323751X', /characters other than digits/],
      ['other digits', '٤٩٠١٥٤٢٠٣٢٣٧٥١٨', /digits other than 0 to 9/],
      ['full-width digits', '４９０１５４２０３２３７５１８', /digits other than 0 to 9/],
      ['a MEID', 'A0000000002329', /MEID/],
      ['a MEID in lower case', 'ff000000002329', /MEID/],
      ['a URN', 'urn:gsma:imei:49015420-323751-8', /URN/],
      ['nothing', '', /empty/],
      ['a number', 490154203237518, /number.*quotes/],
      ['null', null, /not a string/],
      ['a list', ['490154203237518'], /not a string/],
      ['an object', {}, /not a string/],
      ['true', true, /not a string/],
    ]
    for (const [look, imei, hint] of looks) {
      it(look, async () => {
        const asked = { body: { imei } }
        const answers = [
          await live.call('POST', './devices', asked),
          await test.call('POST', './devices', asked),
          await test.call('POST', './devices/search', asked),
          await test.call('POST', '/deviceModels/search', asked),
        ]
        for (const { status, body } of answers) {
          assert.equal(status, 422)
          assert.equal(body.type, 'invalid')
          assert.equal(body.code, 'invalidImei')
          assert.match(body.hint, hint)
          assert.equal(body.details[0].property, 'imei')
        }
      })
    }
  })

  it('with a test TAC or an unknown TAC is accepted', async () => {
    for (const tac of ['00101777', '00440000', '00860000', '99999999', '01234567']) {
      const digits = `${tac}123456`
      const { status, body } = await register(live, digits + checkDigit(digits))
      assert.equal(status, 201)
      assert.equal(body.model, null)
    }
  })
})
