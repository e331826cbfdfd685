import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bareEmail, bareText, readIdentifier } from '../../console/src/identifier/read.ts'
import type { Identifier } from '../../console/src/identifier/reading.ts'
import { remarkOn } from '../../console/src/identifier/remark.ts'

const A = '490154203237518'
const B = '356759040000003'
const ICCID = '89883070000007537119'
const EID = '89049032004008882600012345678901'
const DEVICE = `dev_${'0'.repeat(28)}`

/** A reading as `kind value`. Several are joined by commas. */
function read(text: string): string {
  const reading = readIdentifier(text)
  if (reading.kind === 'several') return reading.found.map(summarise).join(', ')
  if (reading.kind === 'digits') return `digits ${reading.digits}`
  if (reading.kind === 'eid') return `eid ${reading.eid}`
  if (reading.kind === 'text' || reading.kind === 'nothing' || reading.kind === 'phone-number') return reading.kind
  return summarise(reading)
}

function summarise(identifier: Identifier): string {
  switch (identifier.kind) {
    case 'imei':
      return `imei ${identifier.imei}`
    case 'imeisv':
      return `imeisv ${identifier.imeisv}`
    case 'iccid':
      return `iccid ${identifier.iccid}`
    case 'email':
      return `email ${identifier.email}`
    case 'id':
      return `id ${identifier.path}`
  }
}

const TEXTS: Record<string, readonly (readonly [text: string, reading: string])[]> = {
  'an IMEI with separators': [
    [A, `imei ${A}`],
    [' 49 015420 323751 8\n', `imei ${A}`],
    ['49-015420-323751-8', `imei ${A}`],
    ['49.015420.323751.8', `imei ${A}`],
    ['49/015420/323751/8', `imei ${A}`],
    ['4901 5420 3237 518', `imei ${A}`],
    ['490154203237519', 'imei 490154203237519'],
  ],
  'what word processors and other scripts put in an IMEI': [
    ['49\u00a0015420\u202f323751\u20098', `imei ${A}`],
    ['49\u2013015420\u2014323751\u22128', `imei ${A}`],
    ['49\u2011015420\u2010323751\uff0d8', `imei ${A}`],
    ['\u200e\u202a490154203237518\u202c\ufeff', `imei ${A}`],
    ['4901\u00ad5420\u200b3237518', `imei ${A}`],
    ['\uff14\uff19\uff10\uff11\uff15\uff14\uff12\uff10\uff13\uff12\uff13\uff17\uff15\uff11\uff18', `imei ${A}`],
    ['\u0664\u0669\u0660\u0661\u0665\u0664\u0662\u0660\u0663\u0662\u0663\u0667\u0665\u0661\u0668', `imei ${A}`],
    ['\uff29\uff2d\uff25\uff29\uff1a 490154203237518', `imei ${A}`],
  ],
  'quotes and brackets around an IMEI': [
    [`'${A}`, `imei ${A}`],
    [`="${A}"`, `imei ${A}`],
    [`(${A})`, `imei ${A}`],
    [`<${A}>`, `imei ${A}`],
    [`«${A}».`, `imei ${A}`],
  ],
  'a label before an IMEI': [
    [`IMEI ${A}`, `imei ${A}`],
    [`IMEI: ${A}`, `imei ${A}`],
    [`imei=${A}`, `imei ${A}`],
    [`IMEI${A}`, `imei ${A}`],
    [`IMEI\t${A}`, `imei ${A}`],
    ['IMEI 123456789012347', 'imei 123456789012347'],
    [`IMEI1 ${A}`, `imei ${A}`],
    [`IMEI1: ${A}`, `imei ${A}`],
    [`IMEI 1: ${A}`, `imei ${A}`],
    [`IMEI 2 ${A}`, `imei ${A}`],
    ['IMEI2 49 238884 179892 3', 'imei 492388841798923'],
    ['IMEI 2 49 238884 179892 3', 'imei 492388841798923'],
    [`IMEI-2: ${A}`, `imei ${A}`],
    [`IMEI #2 ${A}`, `imei ${A}`],
    [`IMEI (slot 2) ${A}`, `imei ${A}`],
    [`IMEI (SIM 1): ${A}`, `imei ${A}`],
    [`IMEI/MEID: ${A}`, `imei ${A}`],
    [`IMEI no. ${A}`, `imei ${A}`],
    [`IMEI-Nummer: ${A}`, `imei ${A}`],
    [`Numéro IMEI : ${A}`, `imei ${A}`],
    [`1. IMEI: ${A}`, `imei ${A}`],
    [`urn:gsma:imei:${A.slice(0, 8)}-${A.slice(8, 14)}-${A.slice(14)}`, `imei ${A}`],
    ['urn:gsma:imei:90420156-025763-0;svn=42', 'imei 904201560257630'],
    [`tel:${A}`, `imei ${A}`],
    [`Order 4711, IMEI ${A}, 2 pieces`, `imei ${A}`],
    ['IMEI 4 9015420 323751 8', `imei ${A}`],
  ],
  'a slot number that cannot be told from a digit': [
    [`IMEI1${A}`, `imei ${A}`],
    ['IMEI1490154203237519', 'digits 1490154203237519'],
  ],
  'a software version': [
    [`${A} / 01`, `imei ${A}`],
    [`${A}/01`, `imei ${A}`],
    [`IMEI: 49 015420 323751 8 / 78`, `imei ${A}`],
    [`${A} 01`, `imei ${A}`],
    [`${A} SV 01`, `imei ${A}`],
    [`${A} SVN: 01`, `imei ${A}`],
    [`IMEI SV: 01 ${A}`, `imei ${A}`],
    ['49015420323751 / 01', 'digits 49015420323751'],
    ['4901542032375101', 'imeisv 4901542032375101'],
    ['49-015420-323751-01', 'imeisv 4901542032375101'],
    ['IMEISV: 4901542032375101', 'imeisv 4901542032375101'],
  ],
  'digits that are left over': [
    [`${A} 5`, `digits ${A}5`],
    [`${A},5`, `digits ${A}5`],
    [A.slice(0, 14), `digits ${A.slice(0, 14)}`],
    [`IMEI ${A.slice(0, 14)}`, `digits ${A.slice(0, 14)}`],
    ['8988307000000753', 'digits 8988307000000753'],
    ['12', 'digits 12'],
  ],
  'the two IMEIs of a phone': [
    [`${A} ${B}`, `imei ${A}, imei ${B}`],
    [`${A}/${B}`, `imei ${A}, imei ${B}`],
    [`${A}, ${B}`, `imei ${A}, imei ${B}`],
    [`${A}\n${B}`, `imei ${A}, imei ${B}`],
    ['49 015420 323751 8 35 675904 000000 3', `imei ${A}, imei ${B}`],
    [`IMEI1: ${A} IMEI2: ${B}`, `imei ${A}, imei ${B}`],
    [`IMEI (slot 1)\r\n${A} / 01\r\nIMEI (slot 2)\r\n${B} / 01`, `imei ${A}, imei ${B}`],
    [`IMEI 1; ${A} / 01; IMEI 2; ${B} / 01`, `imei ${A}, imei ${B}`],
    [`${A}\n${A}`, `imei ${A}`],
  ],
  'a *#06# screen and a box': [
    [`IMEI1\n${A} / 01\nIMEI2\n${B} / 01\nEID\n${EID}\nSN\nR58M12ABCDE`, `imei ${A}, imei ${B}`],
    [`Model A2172\nS/N F17DQ0A1B2C3\nIMEI/MEID ${A}\nEID ${EID}`, `imei ${A}`],
    [`IMEI ${A}\nICCID ${ICCID}\nanna@example.com`, `imei ${A}, iccid ${ICCID}, email anna@example.com`],
  ],
  'an ICCID': [
    [ICCID, `iccid ${ICCID}`],
    ['8988 3070 0000 0753 7119', `iccid ${ICCID}`],
    ['8988 3070\n0000 0753\n7119', `iccid ${ICCID}`],
    [`ICCID: ${ICCID}`, `iccid ${ICCID}`],
    [`ICC ${ICCID}`, `iccid ${ICCID}`],
    [`SIM 1: ${ICCID}`, `iccid ${ICCID}`],
    [`SIM card number ${ICCID}`, `iccid ${ICCID}`],
    [`${ICCID} (eSIM)`, `iccid ${ICCID}`],
    ['8988307000000753711F', 'iccid 8988307000000753711'],
  ],
  'an EID': [
    [EID, `eid ${EID}`],
    [`EID: ${EID.match(/.{4}/g)?.join(' ')}`, `eid ${EID}`],
  ],
  'an e-mail address': [
    ['anna@example.com', 'email anna@example.com'],
    ['mailto:anna@example.com', 'email anna@example.com'],
    ['MAILTO:anna%40example.com?subject=Phone', 'email anna@example.com'],
    ['Anna Dubois <anna@example.com>', 'email anna@example.com'],
    ['"Dubois, Anna" <anna@example.com>;', 'email anna@example.com'],
    ['E-mail: anna@example.com', 'email anna@example.com'],
    ['käthe@müller.de', 'email käthe@müller.de'],
    ['anna\uff20example.com', 'email anna@example.com'],
    ['490154203237518@example.com', 'email 490154203237518@example.com'],
    ['Anna <a@b.ch>, Bob <b@b.ch>', 'email a@b.ch, email b@b.ch'],
  ],
  'an id or an address with one': [
    [DEVICE, `id /devices/${DEVICE}`],
    [`device: ${DEVICE}.`, `id /devices/${DEVICE}`],
    [`https://ops.example/console/devices/${DEVICE}?x=1`, `id /devices/${DEVICE}`],
    [`https://ops.example/projects/demo/devices/${DEVICE}`, `id /devices/${DEVICE}`],
    [`https://ops.example/handset/console/search?q=${A}`, `imei ${A}`],
    ['https://ops.example/console/search?q=anna%40example.com', 'email anna@example.com'],
    ['https://ops.example/', 'text'],
  ],
  'text that is none of these': [
    ['', 'nothing'],
    [' \u200b\n', 'nothing'],
    ['Pool phone 4', 'text'],
    ['+41 79 123 45 67', 'phone-number'],
    ['tel:+41791234567', 'phone-number'],
    ['S/N: 352099001761481', 'text'],
    ['Serial No. 352099001761481', 'text'],
    ['SN352099001761481', 'text'],
    ['MEID: 99000012345678', 'text'],
    ['A10000009296F2', 'text'],
    ['4.9E+14', 'text'],
  ],
}

describe('readIdentifier', () => {
  for (const [name, texts] of Object.entries(TEXTS)) {
    it(`reads ${name}`, () => {
      for (const [text, reading] of texts) assert.equal(read(text), reading, JSON.stringify(text))
    })
  }

  it('never adds or removes a digit of an IMEI', () => {
    for (const [text] of Object.values(TEXTS).flat()) {
      const reading = readIdentifier(text)
      const found = reading.kind === 'several' ? reading.found : [reading]
      const digits = text.normalize('NFKC').replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
      for (const one of found) {
        if (one.kind === 'imei') assert.ok(digits.replace(/[^0-9]/g, '').includes(one.imei), JSON.stringify(text))
      }
    }
  })
})

describe('remarkOn', () => {
  const remarks: readonly (readonly [text: string, remark: RegExp])[] = [
    [A, /check digit 8 is correct/],
    ['490154203237519', /check digit is 9 but should be 8/],
    [`${A} ${B}`, /^2 IMEIs\. Choose one/],
    [EID, /EID.*takes an eSIM/],
    ['4,92389E+14', /spreadsheet has rounded/],
    [A.slice(0, 14), /one is missing/],
    ['A10000009296F2', /MEID/],
    ['49238B841798923', /a B be 8/],
    ['S/N: 352099001761481', /serial number/],
    ['+41 79 123 45 67', /^Phone number/],
  ]
  for (const [text, remark] of remarks) {
    it(`says what ${text} is`, () => assert.match(remarkOn(readIdentifier(text)).text, remark))
  }

  it('does not suggest a check digit, since the missing digit may be another', () => {
    assert.doesNotMatch(remarkOn(readIdentifier(A.slice(0, 14))).text, /8/)
  })
})

describe('bareText and bareEmail', () => {
  it('return what a field sends to the API', () => {
    assert.equal(bareText(`IMEI 2: ${A} / 01`), A)
    assert.equal(bareText('IMEISV 4901542032375101'), '4901542032375101')
    assert.equal(bareText(' no number '), 'no number')
    assert.equal(bareEmail('Anna <anna@example.com>'), 'anna@example.com')
    assert.equal(bareEmail('mailto:anna@example.com'), 'anna@example.com')
  })

  it('leave a mistyped address alone', () => {
    assert.equal(bareEmail(' anna dubois@example.com '), 'anna dubois@example.com')
  })
})
