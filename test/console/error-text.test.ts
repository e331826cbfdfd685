import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { textOfDetail, textOfError } from '../../console/src/error-text.ts'
import { HandsetError } from '../../sdk/src/error.ts'

const { Error: ErrorBody, PropertyErrorDetail } = JSON.parse(
  readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'),
).components.schemas
const TYPES: HandsetError['type'][] = [
  ...ErrorBody.properties.type.enum,
  'connectionFailed',
  'timedOut',
  'unexpectedResponse',
]
const CODES: NonNullable<HandsetError['code']>[] = PropertyErrorDetail.properties.code.enum

/** What means nothing to a support agent: backticks, HTTP methods, paths, statuses, names of properties and codes. */
const TECHNICAL = /`|\b(?:GET|POST|PATCH|DELETE)\b|\/projects|\b[45]\d\d\b|\b[a-z]+[A-Z]\w*|\bimei\b|\bsims\b/

const MESSAGE = 'POST /projects/demo/devices failed with `imei`'

describe('the text of an error', () => {
  for (const type of TYPES.filter((type) => type !== 'invalid')) {
    it(`of the type ${type} is a sentence for a support agent`, () => {
      const text = textOfError(new HandsetError(MESSAGE, { type, status: 500 }))
      assert.match(text, /^[A-Z].*\.$/)
      assert.doesNotMatch(text, TECHNICAL)
    })
  }

  for (const code of CODES) {
    it(`with the code ${code} is a sentence for a support agent, also at the field`, () => {
      const detail = {
        object: 'propertyErrorDetail' as const,
        code,
        message: '`imei` must be a string of `15` digits',
        property: 'imei',
        suggestion: null,
      }
      const error = new HandsetError(MESSAGE, { type: 'invalid', status: 422, code, details: [detail] })
      for (const text of [textOfError(error), textOfDetail(detail)]) {
        assert.match(text, /^[A-Z].*\.$/)
        assert.doesNotMatch(text, TECHNICAL)
      }
    })
  }

  for (const [property, message, expected] of [
    ['tac', '`tac` must look like 49238884 (^[0-9]{8}$)', 'A TAC is the first 8 digits of an IMEI.'],
    ['email', '`email` must be a valid e-mail address', 'This is not a valid e-mail address.'],
    ['name', '`name` must have at most 255 characters', 'This is too long: at most 255 characters.'],
    ['metadata.gigs.com', '`metadata.gigs.com` is reserved: keys must not start with gigs.com', /^This is reserved/],
    ['provider', '`provider` must not be empty', 'This must not be empty.'],
    ['after', '`after` must match ^dev_[0-9A-Za-z]{28}$', 'This value is not allowed.'],
  ] as const) {
    it(`about an invalid value of ${property} is a sentence for a support agent`, () => {
      const text = textOfDetail({ code: 'propertyInvalid', property, message })
      if (typeof expected === 'string') assert.equal(text, expected)
      else assert.match(text, expected)
    })
  }
})
