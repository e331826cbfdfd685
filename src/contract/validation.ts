import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { TObject, TSchema } from 'typebox'
import { isEmailAddress } from '../domain/email.ts'
import { parseIccid } from '../domain/iccid.ts'
import { type CheckDigitRule, parseImei } from '../domain/imei.ts'
import { metadataProblems } from '../domain/metadata.ts'
import { nearest } from '../domain/nearest.ts'
import { PLACEHOLDER_SIMS } from '../domain/placeholder-sims.ts'
import { countWords } from '../domain/words.ts'
import type { Problem } from '../errors.ts'
import { EVENT_TYPES, TYPE_PATTERNS } from './event-types.ts'
import type { Project } from './project.ts'
import { parseQuery } from './query.ts'
import type { RuleName } from './schemas.ts'

/** What a rule needs to know besides the value. */
interface RuleContext {
  checkDigit: CheckDigitRule
}

type Rule = (value: unknown, property: string, context: RuleContext) => Problem[]

const RULES: Record<RuleName, Rule> = {
  imei: (value, property, { checkDigit }) => problemsWith(parseImei(value, property, checkDigit)),
  tacOnlyImei: (value, property) => problemsWith(parseImei(value, property, 'unchecked')),
  iccid: (value, property) => problemsWith(parseIccid(value, property)),
  metadata: (value, property) => metadataProblems(value, property, 'rejected'),
  metadataChanges: (value, property) => metadataProblems(value, property, 'allowed'),
  locale: (value, property) => listed(localeProblem(value, property)),
  words: (value, property) => listed(wordsProblem(value, property)),
  eventType: (value, property) => listed(eventTypeProblem(value, property, EVENT_TYPES)),
  eventTypePattern: (value, property) => listed(eventTypeProblem(value, property, TYPE_PATTERNS)),
  oneCursor: (query) =>
    listed(
      (query as { after?: unknown }).after !== undefined && (query as { before?: unknown }).before !== undefined
        ? invalidProperty('before', 'cannot be combined with `after`')
        : null,
    ),
}

/** The depth of the strings in a valid body: `metadata.colour`, `sims[0]`. The schema rejects deeper ones. */
const BODY_DEPTH = 2

/** An unescaped plus sign in a query means a space, which is the most likely mistake in a time. */
const FORMAT_EXAMPLES: Readonly<Record<string, string>> = {
  date: ' such as 2017-07-21 (YYYY-MM-DD)',
  'date-time': ' such as 2026-11-01T00:00:00Z or 2026-11-01T00:00:00%2B01:00',
}

const PLACEHOLDER = 'A placeholder can only be used on create and update. Use the id of the SIM that it created.'

/** Keywords whose message replaces those of other keywords for the same value and for the values inside it. */
const OUTRANKING: ReadonlySet<string> = new Set(['rule', 'maxItems'])

const FORMAT_NAMES: Readonly<Record<string, string>> = { 'idn-email': 'e-mail address' }

const ajv = createAjv()
const validators = new WeakMap<object, ValidateFunction>()

/** Parses a query string, and returns its values and all problems by its schema and the project's rules. */
export function validateQuery(
  text: string,
  schema: TObject,
  projectType: Project['type'] | undefined,
): { values: Record<string, unknown>; problems: Problem[] } {
  const { values, problems } = parseQuery(text, schema)
  problems.push(...findProblems(values, schema, { checkDigit: checkDigitRule(projectType) }))
  return { values, problems: problems.length > 1 ? firstOfEach(problems) : problems }
}

function firstOfEach(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>()
  return problems.filter(({ property }) => !seen.has(property) && seen.add(property))
}

/** All problems of a body by its schema and the project's rules. A missing body has none. */
export function validateBody(body: unknown, schema: TSchema, projectType: Project['type'] | undefined): Problem[] {
  if (body === undefined) return []
  const problems = findProblems(body, schema, { checkDigit: checkDigitRule(projectType) })
  if (!hasOnlyText(body, BODY_DEPTH)) addUnicodeProblems(problems, body, '', BODY_DEPTH)
  return problems.length > 1 ? firstOfEach(problems) : problems
}

function checkDigitRule(type: Project['type'] | undefined): CheckDigitRule {
  return type === 'test' ? 'unchecked' : 'checked'
}

/** All problems that a schema and its rules find in a value, at most one per property. */
function findProblems(value: unknown, schema: TSchema, context: RuleContext): Problem[] {
  let validate = validators.get(schema)
  if (validate === undefined) {
    validate = ajv.compile(schema)
    validators.set(schema, validate)
  }
  if (validate.call(context, value)) return []
  const errors = validate.errors ?? []
  const outranked = new Set(errors.filter(({ keyword }) => OUTRANKING.has(keyword)).map((error) => error.instancePath))
  const found = new Map<string, Problem>()
  for (const error of errors) {
    if (!OUTRANKING.has(error.keyword) && isInside(error.instancePath, outranked)) continue
    for (const problem of problemsOf(error)) {
      if (!found.has(problem.property)) found.set(problem.property, problem)
    }
  }
  return [...found.values()]
}

/** Whether an outranking keyword has reported this value or one that contains it. */
function isInside(path: string, outranked: Set<string>): boolean {
  for (const place of outranked) if (place !== '' && (path === place || path.startsWith(`${place}/`))) return true
  return false
}

function problemsOf({ keyword, params, instancePath, parentSchema, data }: ErrorObject): Problem[] {
  const property = propertyName(instancePath)
  const inside = (name: string) => (property === '' ? name : `${property}.${name}`)
  const problem = (rule: string) => [invalidProperty(property, rule)]
  switch (keyword) {
    case 'rule':
      return params.problems
    case 'required': {
      const name = inside(params.missingProperty)
      return [{ code: 'propertyRequired', property: name, message: `\`${name}\` is required` }]
    }
    case 'additionalProperties': {
      const unknown = params.additionalProperty
      const suggestion = nearest(unknown, Object.keys(parentSchema?.properties ?? {}))
      const name = inside(unknown)
      const message = `\`${name}\` is not a property of this object`
      return [{ code: 'propertyUnknown', property: name, message, suggestion }]
    }
    case 'type':
      return problem(`must be ${[params.type].flat().map(typeInWords).join(' or ')}`)
    case 'enum':
      return problem(`must be one of ${params.allowedValues.join(', ')}`)
    case 'minLength':
      return problem(params.limit === 1 ? 'must not be empty' : `must have at least ${params.limit} characters`)
    case 'maxLength':
      return problem(`must have at most ${params.limit} characters`)
    case 'minimum':
      return problem(`must be at least ${params.limit}`)
    case 'maximum':
      return problem(`must be at most ${params.limit}`)
    case 'pattern': {
      if (PLACEHOLDER_SIMS.has(data as string))
        return [{ ...invalidProperty(property, 'must be the id of a SIM'), hint: PLACEHOLDER }]
      const [example] = parentSchema?.examples ?? []
      return problem(
        example === undefined ? `must match ${params.pattern}` : `must look like ${example} (${params.pattern})`,
      )
    }
    case 'format':
      return problem(
        `must be a valid ${FORMAT_NAMES[params.format] ?? params.format}${FORMAT_EXAMPLES[params.format] ?? ''}`,
      )
    case 'maxItems':
      return problem(`must have at most ${params.limit} items; it has ${(data as unknown[]).length}`)
    case 'uniqueItems':
      return problem('must not contain the same item twice')
    default:
      return problem('is invalid')
  }
}

function invalidProperty(property: string, rule: string): Problem {
  return {
    code: 'propertyInvalid',
    property,
    message: property === '' ? `The body ${rule}` : `\`${property}\` ${rule}`,
  }
}

function typeInWords(type: string): string {
  if (type === 'null') return 'null'
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}

/** Turns `/sims/0` (RFC 6901) into `sims[0]`. */
function propertyName(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((name, segment) => {
      if (/^[0-9]+$/.test(segment)) return `${name}[${segment}]`
      return name === '' ? segment : `${name}.${segment}`
    }, '')
}

/** Whether all strings are valid text. Cheaper than `addUnicodeProblems`, since it names no property. */
function hasOnlyText(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isText(value)
  if (typeof value !== 'object' || value === null || depth === 0) return true
  for (const key in value) {
    if (!isText(key) || !hasOnlyText((value as Record<string, unknown>)[key], depth - 1)) return false
  }
  return true
}

/** Reports strings that JSON can escape but the stores cannot hold: NUL characters and unpaired surrogates. */
function addUnicodeProblems(problems: Problem[], value: unknown, property: string, depth: number): void {
  if (typeof value === 'string') {
    if (!isText(value)) problems.push(invalidProperty(property, 'contains a NUL character or an unpaired surrogate'))
    return
  }
  if (typeof value !== 'object' || value === null || depth === 0) return
  for (const [key, entry] of Object.entries(value)) {
    const name = Array.isArray(value) ? `${property}[${key}]` : property === '' ? key : `${property}.${key}`
    if (isText(key)) addUnicodeProblems(problems, entry, name, depth - 1)
    else addUnicodeProblems(problems, key, property, depth)
  }
}

function isText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

function localeProblem(value: unknown, property: string): Problem | null {
  try {
    if (typeof value === 'string' && Intl.getCanonicalLocales(value).length === 1) return null
  } catch {
    // Intl throws for an invalid language tag.
  }
  return invalidProperty(property, 'must be a BCP 47 language tag such as en-US')
}

/** The maximum number of words in a search. */
const MAX_WORDS = 10

function wordsProblem(value: unknown, property: string): Problem | null {
  // The schema rejects an empty text.
  if (typeof value !== 'string' || value === '') return null
  const count = countWords(value)
  if (count === 0) return invalidProperty(property, 'must contain a letter or a digit')
  return count > MAX_WORDS ? invalidProperty(property, `must have at most ${MAX_WORDS} words; it has ${count}`) : null
}

function eventTypeProblem(value: unknown, property: string, known: readonly string[]): Problem | null {
  if (typeof value === 'string' && known.includes(value)) return null
  const message = `\`${property}\` is not an event type`
  return {
    code: 'eventTypeUnknown',
    property,
    message,
    hint: 'Types look like com.gigs.device.created.',
    suggestion: typeof value === 'string' ? nearest(value, known) : null,
  }
}

/** The problems with a parsed value. */
function problemsWith(parsed: string | Problem): Problem[] {
  return typeof parsed === 'string' ? [] : [parsed]
}

function listed(problem: Problem | null): Problem[] {
  return problem === null ? [] : [problem]
}

function createAjv(): Ajv {
  const instance = new Ajv({
    allErrors: true,
    verbose: true,
    passContext: true,
    strictTypes: false,
    // Our own schemas need no check at run time: compiling the schema of schemas took a fifth of a start.
    // The linter of the document checks them (`test/contract/openapi.test.ts`).
    meta: false,
    validateSchema: false,
  })
  addFormats.default(instance, ['date', 'date-time', 'uri'])
  instance.addFormat('idn-email', isEmailAddress)
  instance.addKeyword({ keyword: 'rule', errors: true, validate: applyRule })
  return instance
}

/** Ajv's `rule` keyword. Ajv passes the context as `this` and reads the errors from the function. */
function applyRule(
  this: RuleContext,
  name: RuleName,
  value: unknown,
  _schema: unknown,
  place?: { instancePath: string },
) {
  const isValid = RULES[name](value, '', this).length === 0
  // Building the property's name costs more than most rules, so it is built only for a violated rule.
  const problems = isValid ? [] : RULES[name](value, propertyName(place?.instancePath ?? ''), this)
  applyRule.errors = [{ keyword: 'rule', params: { problems } }] as Partial<ErrorObject>[]
  return isValid
}
applyRule.errors = [] as Partial<ErrorObject>[]
