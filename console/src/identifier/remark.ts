import type { Identifier, Reading } from './reading.ts'

/** What to say about a text while it is typed. */
export interface Remark {
  tone: 'plain' | 'good' | 'doubtful'
  text: string
}

const NAMES: Record<Identifier['kind'], [one: string, many: string]> = {
  imei: ['IMEI', 'IMEIs'],
  imeisv: ['IMEISV', 'IMEISVs'],
  iccid: ['ICCID', 'ICCIDs'],
  email: ['e-mail address', 'e-mail addresses'],
  id: ['id', 'ids'],
}

/** Says what a text is and what is missing. */
export function remarkOn(reading: Reading): Remark {
  switch (reading.kind) {
    case 'nothing':
      return { tone: 'plain', text: '' }
    case 'imei': {
      const [last, correct] = [reading.imei.at(-1), reading.corrected.at(-1)]
      if (reading.isValid) return { tone: 'good', text: `IMEI. The check digit ${last} is correct.` }
      return { tone: 'doubtful', text: `One digit is wrong: the check digit is ${last} but should be ${correct}.` }
    }
    case 'imeisv':
      return { tone: 'good', text: 'IMEISV, 16 digits. The last two are the software version.' }
    case 'iccid':
      return { tone: 'good', text: `ICCID of a SIM, ${reading.iccid.length} digits.` }
    case 'email':
      return { tone: 'plain', text: 'E-mail address.' }
    case 'id':
      return { tone: 'good', text: 'Id.' }
    case 'several':
      return { tone: 'plain', text: `${describe(reading.found)}. Choose one.` }
    case 'eid':
      return {
        tone: 'doubtful',
        text: 'EID, the number of the eSIM chip: the phone takes an eSIM. To find the phone, use its IMEI (dial *#06#).',
      }
    case 'phone-number':
      return { tone: 'plain', text: 'Phone number. It is found where it is stored in the metadata.' }
    case 'digits':
      return remarkOnDigits(reading.digits)
    case 'text':
      return remarkOnText(reading.text)
  }
}

/** For example "2 IMEIs and 1 ICCID". */
export function describe(found: readonly Identifier[]): string {
  const counts = Map.groupBy(found, ({ kind }) => kind)
  const parts = Array.from(counts, ([kind, { length }]) => `${length} ${NAMES[kind][length === 1 ? 0 : 1]}`)
  return new Intl.ListFormat('en').format(parts)
}

function remarkOnDigits(digits: string): Remark {
  const { length } = digits
  const count = length === 1 ? '1 digit' : `${length} digits`
  if (length === 14) {
    return { tone: 'doubtful', text: '14 digits. An IMEI has 15, so one is missing.' }
  }
  if (length < 14) return { tone: 'plain', text: `${count}. An IMEI has 15, an ICCID 19 or 20.` }
  if (length < 19) return { tone: 'plain', text: `${count}: too many for an IMEI. An ICCID has 19 or 20.` }
  if (length < 32 && digits.startsWith('89')) {
    return { tone: 'plain', text: `${count}: too many for an ICCID. The EID of an eSIM chip has 32.` }
  }
  return { tone: 'doubtful', text: `${count}: too many for an IMEI (15) or an ICCID (19 or 20).` }
}

const ROUNDED = /^[0-9][.,][0-9]+e\+?[0-9]+$/i
/** The first digit of a hexadecimal MEID is a letter (3GPP2 S.R0048). */
const MEID = /^[a-f][0-9a-f]{13,14}$/i

function remarkOnText(text: string): Remark {
  const bare = text.replace(/[\s./_\p{Pd}]/gu, '')
  if (ROUNDED.test(text)) {
    return {
      tone: 'doubtful',
      text: 'A spreadsheet has rounded this number, so digits are lost. Copy it from the source.',
    }
  }
  if (/^meid\b/i.test(text) || MEID.test(bare)) {
    return { tone: 'doubtful', text: 'This looks like a MEID. Dial *#06# to see the IMEI of the phone.' }
  }
  if (/^(?:s\s*\/\s*n|serial)\b/i.test(text)) {
    return { tone: 'doubtful', text: 'This looks like a serial number. Dial *#06# to see the IMEI of the phone.' }
  }
  if (/[0-9]{6}/.test(bare) && /[a-z]/i.test(bare)) {
    return { tone: 'doubtful', text: 'There are letters between the digits. Should an O be 0, an l be 1, or a B be 8?' }
  }
  return { tone: 'plain', text: 'Enter shows everything that is found.' }
}
