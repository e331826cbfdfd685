/** What a person typed or pasted, read as something that can be looked up. */
export type Reading =
  | { kind: 'nothing' }
  /** `fits` tells whether the check digit is the one that the first 14 digits ask for; `fitting` is the IMEI with it. */
  | { kind: 'imei'; imei: string; fits: boolean; fitting: string }
  /** `imei` is the IMEI of the same phone, its check digit computed. */
  | { kind: 'imeisv'; imeisv: string; imei: string }
  | { kind: 'iccid'; iccid: string }
  | { kind: 'email'; email: string }
  | { kind: 'id'; path: string }
  /** Digits that are too few or too many. */
  | { kind: 'digits'; digits: string }
  | { kind: 'text'; text: string }

const PATHS = { dev: 'devices', usr: 'users', sim: 'sims', dmd: 'models' } as const
const ID = /^(?:(dev|usr|sim)_[0-9A-Za-z]{28}|(dmd)_[0-9A-Za-z]{22})$/
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
/** What people put before an IMEI or ICCID: labels of boxes and invoices, and the URN of RFC 7254. */
const LABEL = /^(?:urn:gsma:imei:|imei(?:sv)?(?:\s*1)?|iccid|sim)\s*[:#=]?\s*(?=[0-9])/i
/** Spaces of every kind, and the marks that a copy from a mail or document brings along. */
const SEPARATORS = /[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff./_\-\u2010-\u2015]/g

/** Reads a text as typed or pasted, with spaces and dashes. */
export function readIdentifier(typed: string): Reading {
  const text = typed.trim()
  if (text === '') return { kind: 'nothing' }
  const [, own, model] = ID.exec(text) ?? []
  const prefix = (own ?? model) as keyof typeof PATHS | undefined
  if (prefix !== undefined) return { kind: 'id', path: `/${PATHS[prefix]}/${text}` }
  if (EMAIL.test(text)) return { kind: 'email', email: text }
  const digits = text.replace(LABEL, '').replace(SEPARATORS, '')
  if (/^89[0-9]{17}[0-9Ff]?$/.test(digits)) return { kind: 'iccid', iccid: digits.replace(/f$/i, '') }
  if (!/^[0-9]+$/.test(digits)) return { kind: 'text', text }
  return readDigits(digits)
}

function readDigits(digits: string): Reading {
  const fitting = digits.slice(0, 14) + checkDigit(digits)
  switch (digits.length) {
    case 15:
      return { kind: 'imei', imei: digits, fits: digits === fitting, fitting }
    case 16:
      // No TAC begins with 89, every ICCID does: this one is on its way to 19 digits.
      return digits.startsWith('89') ? { kind: 'digits', digits } : { kind: 'imeisv', imeisv: digits, imei: fitting }
    case 19:
    case 20:
      return { kind: 'iccid', iccid: digits }
    default:
      return { kind: 'digits', digits }
  }
}

/** The digits of a number typed with what stood between them; any other text as it is, for the API to judge. */
export function bareText(typed: string): string {
  const reading = readIdentifier(typed)
  switch (reading.kind) {
    case 'imei':
      return reading.imei
    case 'imeisv':
      return reading.imeisv
    case 'iccid':
      return reading.iccid
    case 'digits':
      return reading.digits
    default:
      return typed.trim()
  }
}

/** The check digit of an IMEI: Luhn over its first 14 digits (3GPP TS 23.003 Annex B). */
export function checkDigit(digits: string): string {
  const sum = Array.from(digits.slice(0, 14), Number).reduce((sum, digit, position) => {
    const weighted = position % 2 === 0 ? digit : digit * 2
    return sum + (weighted > 9 ? weighted - 9 : weighted)
  }, 0)
  return String((10 - (sum % 10)) % 10)
}

/** What to notify of a text while it is typed. */
export interface Remark {
  tone: 'plain' | 'good' | 'doubtful'
  text: string
}

/** Says what a text is so far, and what it lacks. */
export function remarkOn(reading: Reading): Remark {
  switch (reading.kind) {
    case 'nothing':
      return { tone: 'plain', text: '' }
    case 'imei':
      return reading.fits
        ? { tone: 'good', text: `IMEI. The check digit ${reading.imei.at(-1)} fits.` }
        : {
            tone: 'doubtful',
            text: `The check digit is ${reading.imei.at(-1)}, but ${reading.fitting.at(-1)} would fit: one of the digits is wrong.`,
          }
    case 'imeisv':
      return { tone: 'good', text: 'IMEISV: 16 digits, the last two are the software version.' }
    case 'iccid':
      return { tone: 'good', text: `ICCID of a SIM, ${reading.iccid.length} digits.` }
    case 'email':
      return { tone: 'plain', text: 'E-mail address. Enter finds the user.' }
    case 'id':
      return { tone: 'good', text: 'Id.' }
    case 'digits':
      return remarkOnDigits(reading.digits)
    case 'text':
      return remarkOnText(reading.text)
  }
}

function remarkOnDigits(digits: string): Remark {
  const { length } = digits
  const counted = length === 1 ? '1 digit' : `${length} digits`
  if (length === 14) {
    return { tone: 'doubtful', text: `14 of the 15 digits of an IMEI. The check digit would be ${checkDigit(digits)}.` }
  }
  if (length < 14) return { tone: 'plain', text: `${counted}. An IMEI has 15, an ICCID 19 or 20.` }
  if (length < 19) return { tone: 'plain', text: `${counted}: too many for an IMEI. An ICCID has 19 or 20.` }
  return { tone: 'doubtful', text: `${counted}: too many for an IMEI (15) and for an ICCID (19 or 20).` }
}

function remarkOnText(text: string): Remark {
  const bare = text.replace(SEPARATORS, '')
  if (/^(?=.*[a-f])[0-9a-f]{14,15}$/i.test(bare)) {
    return { tone: 'doubtful', text: 'This looks like a MEID. Dial *#06# to see the IMEI of the phone.' }
  }
  if (/[0-9]{6}/.test(bare) && /[a-z]/i.test(bare)) {
    return { tone: 'doubtful', text: 'There are letters among the digits. Was an O meant as 0, or an l as 1?' }
  }
  return { tone: 'plain', text: 'An IMEI, IMEISV, ICCID, e-mail address or id.' }
}
