import type { DeviceType, SimTypes } from '../../contract/device-kinds.ts'
import { simTypesOfCode } from '../facts/model-codes.ts'
import { ruleType } from '../facts/type-rules.ts'
import { type Entry, type Format, type Rejection, readIdentity, withKinds } from './entry.ts'

/** The names of columns in the five generations of the file, ignoring case, blanks and underscores. */
const COLUMNS = {
  tac: ['tac'],
  manufacturer: ['manufacturer', 'manufacturer(or)applicant'],
  brand: ['brandname'],
  marketingName: ['marketingname'],
  modelName: ['modelname'],
  internalName: ['internalmodelname'],
  allocated: ['allocationdate'],
  deviceType: ['devicetype'],
  operatingSystem: ['operatingsystem'],
  removableUicc: ['removableuicc'],
  removableEuicc: ['removableeuicc'],
  fixedEuicc: ['nonremovableeuicc'],
} as const
type Column = keyof typeof COLUMNS

const UNKNOWN = /^(?:not known|not supported|none|-|)$/i

/** The GSMA's device types that decide our type; all others are `other`. */
const TYPES: Readonly<Record<string, DeviceType>> = {
  smartphone: 'smartphone',
  'mobile phone/feature phone': 'feature-phone',
  'feature phone': 'feature-phone',
  featurephone: 'feature-phone',
  tablet: 'tablet',
  'e-book': 'tablet',
  'connected computer': 'laptop',
  'wlan router': 'router',
  vehicle: 'car',
  'vehicle tcu': 'car',
  modem: 'iot',
  module: 'iot',
  dongle: 'iot',
  'iot device': 'iot',
  'device for the automatic processing of data (apd)': 'iot',
  'portable(include pda)': 'other',
  'mobile test platform': 'other',
  'uas/uav': 'other',
  satellite: 'other',
}

const SMARTPHONE_SYSTEM =
  /\b(?:android|ios|iphone os|windows (?:phone|mobile)|harmony ?os|symbian|blackberry|bada|tizen|webos|firefox os)\b/i

/** A handheld without a known operating system is a feature phone if its TAC was allocated before this year. */
const FIRST_SMARTPHONE_YEAR = 2008

/** The GSMA's device database, as licensees receive it, in any of its generations. */
export const gsma: Format = {
  recognises(header) {
    const columns = findColumns(header)
    return columns.tac >= 0 && columns.manufacturer >= 0 && columns.marketingName >= 0
  },
  reader(header) {
    const columns = findColumns(header)
    return (cells) => {
      if (cells.length < header.length)
        return { reason: `the row is cut off: it has ${cells.length} of ${header.length} columns`, damage: 'cut' }
      return readRow((column) => {
        const text = (cells[columns[column]] ?? '').trim()
        return UNKNOWN.test(text) ? undefined : text
      })
    }
  },
}

function findColumns(header: readonly string[]): Record<Column, number> {
  const names = header.map((name) => name.replaceAll(/[\s_]/g, ''))
  return Object.fromEntries(
    Object.entries(COLUMNS).map(([column, aliases]) => [
      column,
      names.findIndex((name) => (aliases as readonly string[]).includes(name)),
    ]),
  ) as Record<Column, number>
}

function readRow(cell: (column: Column) => string | undefined): Entry | Rejection {
  const marketingName = cell('marketingName')
  const modelName = cell('modelName')
  const entry = readIdentity(
    cell('tac'),
    cell('brand') ?? cell('manufacturer'),
    marketingName ?? modelName ?? cell('internalName'),
  )
  // A row whose start is missing has lost digits of its TAC.
  if ('reason' in entry) return entry.reason.startsWith('the TAC') ? { ...entry, damage: 'cut' } : entry
  const type = readType(entry, cell)
  const stated = readSimTypes(cell)
  const byCode = stated === undefined && modelName !== undefined ? simTypesOfCode(entry.brand, modelName) : undefined
  const kinds = { ...(type ? { type } : {}), ...(stated ? { simTypes: stated } : {}) }
  return withKinds({ ...entry, ...(byCode ? { simTypes: byCode, isByCode: true } : {}) }, kinds)
}

function readType(entry: Entry, cell: (column: Column) => string | undefined): DeviceType | undefined {
  const said = cell('deviceType')?.toLowerCase()
  if (said === 'wearable') return /watch/i.test(entry.name) ? 'smartwatch' : 'wearable'
  if (said !== 'handheld') return said === undefined ? undefined : TYPES[said]
  if (SMARTPHONE_SYSTEM.test(cell('operatingSystem') ?? '')) return 'smartphone'
  const year = Number(/\d{4}$/.exec(cell('allocated') ?? '')?.[0])
  return ruleType(entry.brand, entry.name)?.value ?? (year < FIRST_SMARTPHONE_YEAR ? 'feature-phone' : 'other')
}

/**
 * The UICC columns are counts. An unknown value does not mean none: the SIM types are stated only if the columns decide
 * both. A SIM slot implies a physical SIM, but does not rule out an eSIM.
 */
function readSimTypes(cell: (column: Column) => string | undefined): SimTypes | undefined {
  const count = (column: Column) => {
    const text = cell(column)
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
  }
  const removable = count('removableUicc')
  const eUiccs = [count('removableEuicc'), count('fixedEuicc')]
  const hasEsim = eUiccs.some((each) => each !== undefined && each > 0)
  if (removable === undefined || (!hasEsim && eUiccs.includes(undefined))) return undefined
  const simTypes: SimTypes = [...(hasEsim ? (['eSIM'] as const) : []), ...(removable > 0 ? (['pSIM'] as const) : [])]
  return simTypes.length > 0 ? simTypes : undefined
}
