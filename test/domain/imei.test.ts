import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { checkDigit, parseImei, tacOf, toImei } from '../../src/domain/imei.ts'

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`))

function hintFor(value: unknown, rule: 'checked' | 'unchecked' = 'checked'): string {
  const problem = parseImei(value, 'imei', rule)
  assert.ok(typeof problem !== 'string')
  assert.equal(problem.code, 'invalidImei')
  assert.equal(problem.property, 'imei')
  return problem.hint ?? ''
}

/** docs/contract.md §7. */
describe('the check digit of an IMEI', () => {
  for (const imei of ['490154203237518', '352099001761481', '353879234252633']) {
    it(`is the last of ${imei}`, () => {
      assert.equal(checkDigit(imei.slice(0, 14)), imei[14])
      assert.equal(parseImei(imei, 'imei', 'checked'), imei)
    })
  }

  it('is valid for exactly one of ten digits, which the hint for the others names', () => {
    fc.assert(
      fc.property(digits(14), (body) => {
        const fitting = [...'0123456789'].filter((digit) => parseImei(body + digit, 'imei', 'checked') === body + digit)
        assert.equal(fitting.length, 1)
        const wrong = String((Number(fitting[0]) + 1) % 10)
        const hint = hintFor(body + wrong)
        assert.match(hint, new RegExp(`check digit ${wrong} is wrong`))
        assert.match(hint, new RegExp(`require ${fitting[0]}\\.`))
      }),
    )
  })

  it('detects every change of a single digit', () => {
    fc.assert(
      fc.property(digits(14), fc.nat(14), fc.integer({ min: 1, max: 9 }), (body, position, step) => {
        const imei = body + checkDigit(body)
        const changed = String((Number(imei[position]) + step) % 10)
        const mistyped = imei.slice(0, position) + changed + imei.slice(position + 1)
        hintFor(mistyped)
      }),
    )
  })

  it('detects every swap of neighbouring digits except 0 and 9', () => {
    fc.assert(
      fc.property(digits(14), fc.nat(13), (body, position) => {
        const imei = body + checkDigit(body)
        const [left, right] = [imei[position] as string, imei[position + 1] as string]
        fc.pre(left !== right && [left, right].sort().join('') !== '09')
        const swapped = imei.slice(0, position) + right + left + imei.slice(position + 2)
        hintFor(swapped)
      }),
    )
  })

  it('is ignored where it is not checked, and the IMEI stays as sent', () => {
    fc.assert(
      fc.property(digits(15), (imei) => {
        assert.equal(parseImei(imei, 'imei', 'unchecked'), imei)
        assert.equal(toImei(imei), imei)
      }),
    )
  })
})

describe('an IMEISV', () => {
  it('identifies the equipment of its IMEI, whatever its software version', () => {
    fc.assert(
      fc.property(digits(14), digits(2), digits(2), (body, version, otherVersion) => {
        for (const rule of ['checked', 'unchecked'] as const) {
          assert.equal(parseImei(body + version, 'imei', rule), toImei(body + version))
        }
        const imei = toImei(body + version)
        assert.equal(imei.slice(0, 14), body)
        assert.equal(imei.length, 15)
        assert.equal(parseImei(imei, 'imei', 'checked'), imei)
        assert.equal(toImei(body + otherVersion), imei)
        assert.equal(toImei(imei), imei)
        assert.equal(tacOf(imei), body.slice(0, 8))
      }),
    )
  })

  it('is converted to its IMEI', () => {
    assert.equal(toImei('4901542032375101'), '490154203237518')
    assert.equal(toImei('4901542032375199'), '490154203237518')
  })
})

describe('the hint for an invalid IMEI', () => {
  const cases: [value: unknown, says: RegExp][] = [
    [490154203237518, /number.*quotes/],
    [490154203237518n, /not a string/],
    [null, /not a string/],
    [undefined, /not a string/],
    [true, /not a string/],
    [['490154203237518'], /not a string/],
    [{ imei: '490154203237518' }, /not a string/],
    ['', /empty/],
    ['urn:gsma:imei:90420156-025763-0', /URN.*without dashes/],
    ['URN:GSMA:IMEI:90420156-025763-0;svn=42', /URN/],
    ['49015420323751', /14 digits.*check digit is missing/],
    ['4.9E+14', /spreadsheet.*as text/],
    ['4,92389E+14', /spreadsheet.*as text/],
    ['490154203237518.00', /spreadsheet.*as text/],
    ['89033023423123123123123412341234', /EID/],
    ['490154203237518 356759040000003', /two IMEIs/],
    ['490154203237518/356759040000003', /two IMEIs/],
    ['270113180608080312', /18 digits.*MEID/],
    ['R58N123ABCD', /serial number/],
    ['49', /has 2 digits/],
    ['490154203237', /has 12 digits/],
    ['49015420323751801', /has 17 digits/],
    ['8988307000000753711', /ICCID/],
    ['89883070000007537119', /ICCID/],
    ['A000004F5C2B1D', /MEID/],
    ['a000004f5c2b1d', /MEID/],
    ['A000004F5C2B1D7', /MEID/],
    ['99000124997700', /14 digits/],
    ['49-015420-323751-8', /separators/],
    ['49 015420 323751 8', /separators/],
    ['49.015420.323751.8', /separators/],
    ['49/015420/323751/8', /separators/],
    ['490154203237518 ', /separators/],
    ['490154203237518\n', /separators/],
    ['٤٩٠١٥٤٢٠٣٢٣٧٥١٨', /digits other than 0 to 9/],
    ['49015420323751８', /digits other than 0 to 9/],
    ['IMEI 490154203237518', /characters other than digits/],
    ['49015420323751O', /characters other than digits/],
    ['-490154203237518', /characters other than digits/],
  ]
  for (const [value, says] of cases) {
    const shown = typeof value === 'string' ? JSON.stringify(value) : `${typeof value} ${String(value)}`
    it(`describes ${shown}, in every project`, () => {
      for (const rule of ['checked', 'unchecked'] as const) {
        const hint = hintFor(value, rule)
        assert.match(hint, says)
        assert.match(hint, /15 digits/)
      }
    })
  }

  it('is present for every string that is not 15 or 16 digits', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), digits(14), digits(17)), (text) => {
        fc.pre(!/^[0-9]{15,16}$/.test(text))
        assert.ok(hintFor(text, 'unchecked').length > 0)
      }),
    )
  })
})
