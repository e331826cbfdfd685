import type { DeviceType } from '../../contract/device-kinds.ts'
import type { Rule } from './rule.ts'

// Phones that predate today's smartphones, from general knowledge. A rule names only series in which every phone has
// the type. A series with a smartphone in it has no rule, or an earlier rule for the smartphone.

const PHONE = 'feature-phone'

/** Nokia phones with a four-digit number that ran Symbian, GEOS or Windows: smartphones among feature phones. */
const NOKIA_SMARTPHONES =
  '(?:3230|3250|3600|3620|3650|3660|5228|5230|5232|5233|5235|5238|5250|5320|5500|5530|5630|5700|5730|5800|6120|6121|6122|6124|6260|6290|6600|6620|6630|6650|6670|6680|6681|6682|6708|6710|6720|6730|6760|6788|6790|7610|7650|7710|9000|9110|9210|9290|9300|9500|6110 Navigator|6210 Navigator|6220 classic|6700 slide)'

/** The first rule that matches applies. */
export const EARLY_PHONE_RULES: readonly Rule<DeviceType>[] = [
  {
    brand: 'Nokia',
    name: new RegExp(`^${NOKIA_SMARTPHONES}\\b`, 'i'),
    value: 'smartphone',
    reason: 'Nokia phones with this number are smartphones',
  },
  {
    brand: 'Nokia',
    name: /^(?:[1235-8]\d{3}[a-z]{0,2}|1\d{2}|2[0-3]\d)\b/i,
    value: PHONE,
    reason: 'Nokia phones with such a number are feature phones, with exceptions that have a rule of their own',
  },
  {
    brand: 'Nokia',
    name: /^(?:N(?:8|9|7\d|8\d|9[0-7])|E(?:[567]|[5-7]\d|90)|N-Gage)\b/i,
    value: 'smartphone',
    reason: 'the Nokia Nseries, Eseries and N-Gage run Symbian or MeeGo',
  },
  {
    brand: 'Nokia',
    name: /^[CX][1-3]-0\d\b/i,
    value: PHONE,
    reason: 'Nokia C1-00 to C3-01 and X1-00 to X3-02 run Series 30 and 40',
  },
  {
    brand: 'Ericsson',
    name: /^R380/i,
    value: 'smartphone',
    reason: 'the R380 runs Symbian',
  },
  {
    brand: 'Ericsson',
    name: /^(?:A[123]\d{3}|T\d{2}|R(?:250|300|310|320|520|600)|G[AFH]\d{3}|[ST]H\d{3})/i,
    value: PHONE,
    reason: 'these phones of Ericsson are from 1992 to 2001',
  },
  {
    brand: 'Sony Ericsson',
    name: /^(?:W95|W96)\d/i,
    value: 'smartphone',
    reason: 'W950 and W960 run Symbian',
  },
  {
    brand: 'Sony Ericsson',
    name: /^(?:[TR]\d{2}|[CFJKRSTWZ]\d{3})[a-z]?\b/i,
    value: PHONE,
    reason:
      'Sony Ericsson phones named C, F, J, K, R, S, T, W or Z with a number are feature phones, except W950 and W960',
  },
  {
    brand: 'Samsung',
    name: /^SGH-(?:\d{3,4}|[ACEFJNPQRUVXZ]\d{3}|D(?!7[123])\d{3})[a-z]?\b/i,
    value: PHONE,
    reason:
      'the SGH series of these letters are feature phones; the smartphones are SGH-G, I, L, M, S, T and D71 to D73',
  },
  {
    brand: 'Motorola',
    name: /^(?:Razr (?:V3|V6|V8|V9|maxx)|V\d{2,4}[a-z]?\b|C\d{3}[a-z]?\b|T1\d{2}\b|L[2679]\b|W\d{3}\b|StarTAC|Timeport|PEBL|KRZR|SLVR|[MP]3\d{3}\b)/i,
    value: PHONE,
    reason: 'these families of Motorola, from 1996 to 2009, are feature phones',
  },
  {
    brand: 'Siemens',
    name: /^(?:A(?:3[5-9]|[4-7]\d)|C(?:10|2\d|[3-7]\d)|C[FLX]\d{2}|M[35-7]\d|ME\d{2}|S(?:4|6|10|15|25|[3-7]\d)|SL\d{2}|S[FK]65|ST\d{2})[a-z]{0,2}\b/i,
    value: PHONE,
    reason:
      'Siemens phones with these letters and numbers are feature phones; SX are smartphones, MC and TC also modules',
  },
  {
    brand: 'Alcatel',
    name: /^One Touch (?:[1-8]\d{2}[a-z]?|Easy|Club|Max|View|Com|Gum|Pocket)\b/i,
    value: PHONE,
    reason: 'Alcatel One Touch phones below 900 are feature phones',
  },
  {
    brand: 'Sagem',
    name: /^(?:M[CW]\d{3,4}|myX-?\d)/i,
    value: PHONE,
    reason: 'Sagem MC, MW and myX are phones of 1996 to 2008',
  },
  {
    brand: 'LG',
    name: /^(?:K[BEFGMPU]|MG|GB|[BCW])\d{3,4}[a-z]?\b/i,
    value: PHONE,
    reason:
      'LG phones of 2002 to 2010 with these letters and a number are feature phones; KS20, KT610 and GW are smartphones',
  },
  {
    brand: 'Panasonic',
    name: /^(?:GD\d{2}|EB-?G\d{2,3}|G[56]\d{2})\b/i,
    value: PHONE,
    reason: 'Panasonic GD and G phones are from 1996 to 2004',
  },
  {
    brand: 'Mitsubishi',
    name: /^(?:Trium (?!Mondo)|MT-?D?\d{2,3}\b)/i,
    value: PHONE,
    reason: 'Mitsubishi Trium and MT are phones of 1996 to 2005; the Mondo is a Pocket PC',
  },
  {
    brand: 'Bosch',
    name: /^(?:[59]09\b|Cartel|(?:Dual)?Com\b|MCom\b|World 718\b)/i,
    value: PHONE,
    reason: 'Bosch made phones until 2000',
  },
  {
    brand: 'Philips',
    name: /^(?:Savvy|Fizz|Genie|Diga|Ozeo|Azalis|Fisio|Twist)\b/i,
    value: PHONE,
    reason: 'these phones of Philips are from 1996 to 2003',
  },
  { brand: 'Sony', name: /^CMD-/i, value: PHONE, reason: 'Sony CMD are phones of 1996 to 2001' },
  { brand: 'Maxon', name: /^MX-\d{4}/i, value: PHONE, reason: 'Maxon MX are phones of 1997 to 2005' },
  {
    brand: 'Sendo',
    name: /^[DJKMPS]\d{3}\b/i,
    value: PHONE,
    reason: 'Sendo phones of these letters are feature phones; X and Z100 are smartphones',
  },
  {
    brand: 'Telit',
    name: /^GM ?(?:[2-8]\d{2}|910|940)[A-Z]{0,2}$/i,
    value: PHONE,
    reason: 'Telit GM with three digits are phones of 1995 to 2002; GM862 with a suffix is a module',
  },
]
