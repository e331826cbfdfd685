import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseIccid, toIccid } from '../../src/domain/iccid.ts'

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`))

/** docs/contract.md §9. */
describe('an ICCID', () => {
  it('of 19 digits is the same with the filler, without it, and with it in lower case', () => {
    fc.assert(
      fc.property(digits(19), (iccid) => {
        for (const form of [iccid, `${iccid}F`, `${iccid}f`]) {
          assert.equal(parseIccid(form, 'iccid'), iccid)
          assert.equal(toIccid(form), iccid)
        }
      }),
    )
  })

  it('of 20 digits stays unchanged', () => {
    fc.assert(
      fc.property(digits(20), (iccid) => {
        assert.equal(parseIccid(iccid, 'iccid'), iccid)
        assert.equal(toIccid(iccid), iccid)
      }),
    )
  })

  const rejected = [
    '',
    '898830700000075371',
    '898830700000075371F',
    '898830700000075371FF',
    '8988307000000753711FF',
    '8988307000000753711G',
    '89883070000007537119F',
    '898830700000075371190',
    '8988 3070 0000 0753 7119',
    '89883070000007537119\n',
    ' 89883070000007537119',
    '８９８８３０７０００００００７５３７１１９',
    8988307,
    null,
    undefined,
    ['89883070000007537119'],
  ]
  for (const value of rejected) {
    it(`is not ${JSON.stringify(value) ?? 'undefined'}`, () => {
      const problem = parseIccid(value, 'iccid')
      assert.ok(typeof problem !== 'string')
      assert.equal(problem.code, 'invalidIccid')
      assert.equal(problem.property, 'iccid')
      assert.equal(problem.hint, '^([0-9]{19}[Ff]?|[0-9]{20})$')
    })
  }

  it('is 19 or 20 digits and an optional filler, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), digits(18), digits(21)), (text) => {
        assert.notEqual(typeof parseIccid(text, 'iccid'), 'string')
      }),
    )
  })
})
