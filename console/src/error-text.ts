import type { HandsetError } from '@handset/sdk'

/** What to do about a wrong digit. */
export const COMPARE_IMEI = 'Compare it with the phone: dial *#06#.'

/** What the server's rejection of an IMEI means. */
export const INVALID_IMEI = `This is not a valid IMEI. ${COMPARE_IMEI}`

/** What a support agent reads about a broken rule. `null`: it depends on the property. */
const BY_CODE: Record<NonNullable<HandsetError['code']>, string | null> = {
  invalidImei: INVALID_IMEI,
  invalidIccid: 'This is not a valid ICCID. It has 19 or 20 digits and is printed on the SIM.',
  deviceImeiAlreadyExists: 'A device with this IMEI is already registered.',
  deviceSimAlreadyUsed: 'This SIM is in another phone.',
  userAlreadyExists: 'A user with this e-mail address already exists.',
  simAlreadyExists: 'A SIM with this ICCID already exists.',
  lastAdminKey: 'This is the last administrator key of the project. Create another one first.',
  webhookUrlInvalid: 'This is not a web address. It starts with https:// or http://, without a user name or password.',
  webhookUrlForbidden: 'This address is inside a private network. Enter one that is reachable from the internet.',
  webhookSecretInvalid: 'This is not a valid secret. Leave it empty, and Handset makes one.',
  webhookEndpointLimitReached: 'There are as many endpoints as a project can have. Delete one first.',
  cursorExpired: 'These events are no longer kept. Reload the page to see the newest.',
  eventTypeUnknown: 'There is no event of this type.',
  propertyRequired: 'This is required.',
  propertyUnknown: 'The server does not know this. Reload the page.',
  propertyInvalid: null,
}

/** What a support agent reads about an invalid value of a property, wherever it occurs. */
const BY_PROPERTY: Readonly<Record<string, string>> = {
  email: 'This is not a valid e-mail address.',
  birthday: 'This is not a valid date.',
  createdAfter: 'This is not a valid date.',
  createdBefore: 'This is not a valid date.',
  preferredLocale: 'This is not a language, such as en or de-CH.',
  tac: 'A TAC is the first 8 digits of an IMEI.',
  q: 'Enter up to ten words or numbers.',
  user: 'There is no such user. They may have been deleted.',
  sims: 'There is no such SIM. It may have been deleted.',
  eventTypes: 'There is no event of this type.',
}

/** What a support agent reads about a rejection that has no code. */
const BY_MESSAGE: Readonly<Record<string, string>> = {
  'The SIM is on a device': 'This SIM is in a phone. Take it out first.',
}

/** What a support agent reads if nothing more specific is known. `null`: the API's own message. */
const BY_TYPE: Record<HandsetError['type'], string | null> = {
  malformed: 'The server did not understand this. Reload the page and try again.',
  unauthenticated: 'This key is not valid. Check that you have copied all of it.',
  permissionDenied: 'Your key does not allow this. Sign in with a key that does.',
  notFound: 'This does not exist. It may have been deleted.',
  methodNotAllowed: 'The server does not support this. Reload the page.',
  conflict: 'The server is still working on this. Wait a moment, then check whether it was done.',
  preconditionFailed: 'Someone else has changed this meanwhile. Reload the page to see the change.',
  payloadTooLarge: 'This is too large for the server.',
  unsupportedMediaType: 'The server did not understand this. Reload the page and try again.',
  invalid: null,
  tooManyRequests: 'There were too many requests. Wait a moment, then try again.',
  internal: 'Something went wrong on the server. Try again. If it happens again, tell your administrator.',
  serviceUnavailable: 'The server is busy. Wait a moment, then try again.',
  connectionFailed: 'The server cannot be reached. Check the connection, then try again.',
  timedOut: 'The server did not respond in time. Try again.',
  unexpectedResponse: 'Something between this page and the server responded instead. Tell your administrator.',
}

/** What is wrong with one value, for the person at its field. */
export function textOfDetail({ code, message, property }: Pick<Detail, 'code' | 'message' | 'property'>): string {
  return BY_CODE[code] ?? limitText(message) ?? BY_PROPERTY[property.replace(/[.[].*$/, '')] ?? plain(message)
}

/**
 * What is wrong with a cell of an imported file, which is named by its column. A message about what the row contradicts
 * is shown in full.
 */
export function textOfCell({ code, message, property }: Pick<Detail, 'code' | 'message' | 'property'>): string {
  const said = message.replaceAll('`', '').replace(FOR_PROGRAMMERS, '')
  if (/AlreadyExists$/.test(code)) return said.replace(ADVICE, 'Choose to update what exists already to change it.')
  // The message names the value, so it needs no column.
  if (said.startsWith('There is no ')) return said
  const text = BY_CODE[code] ?? limitText(message) ?? BY_PROPERTY[property]
  return text === undefined ? said : `${property}: ${text}`
}

const FOR_PROGRAMMERS = / Check the ids\. They are case-sensitive\./

/** The advice of the API about a row that differs from what is stored. */
const ADVICE = /Import with update.*$/

type Detail = HandsetError['details'][number]

/** What went wrong, in one or two sentences. */
export function textOfError({ type, code, message, details }: HandsetError): string {
  const texts = details.map(textOfDetail)
  if (texts.length > 0) return [...new Set(texts)].join(' ')
  return (code && BY_CODE[code]) ?? BY_MESSAGE[message] ?? BY_TYPE[type] ?? plain(message)
}

/** A text that is too long, in the same words at every field. */
function limitText(message: string): string | null {
  const [, limit] = /at most (\d+) characters/.exec(message) ?? []
  return limit === undefined ? null : `This is too long: at most ${limit} characters.`
}

/** Text that means nothing to a support agent: patterns, HTTP methods, paths, statuses and names of properties. */
const TECHNICAL = /[`\\^$]|\b(?:GET|POST|PATCH|DELETE)\b|\/projects|\b[45]\d\d\b|\b[a-z]+[A-Z]\w*/

function isTechnical(text: string): boolean {
  return TECHNICAL.test(text)
}

/** A message of the API without the name of the property that it starts with; a general sentence for a technical one. */
function plain(message: string): string {
  const sentence = message.replace(/^`[^`]+`(?= [a-z])/, 'This').replace(/`([a-z.]+)`/g, '“$1”')
  if (isTechnical(sentence)) return 'This value is not allowed.'
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`
}
