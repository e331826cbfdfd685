import { readIdentifier } from '../identifier/read.ts'
import { remarkOn } from '../identifier/remark.ts'
import type { ImportKind, ImportRow } from '../import-file.ts'

interface KindText {
  title: string
  /** In a sentence. */
  objects: string
  /** The columns, after the first. */
  columns: readonly string[]
  required: string
  example: string
  /** The page that lists what was imported, and its link. */
  list: string
  see: string
}

/** What the page says about each kind of file. */
export const KIND_TEXTS: Record<ImportKind, KindText> = {
  devices: {
    title: 'Devices',
    objects: 'devices',
    required: 'imei',
    columns: ['name', 'user', 'iccids', 'metadata.KEY'],
    example:
      'imei,name,user,iccids,metadata.shop\r\n492388841798923,Jerrys iPhone,jerry@example.com,89883070000007537119,Berlin\r\n',
    list: '/devices',
    see: 'See the devices',
  },
  users: {
    title: 'Users',
    objects: 'users',
    required: 'email',
    columns: ['fullName', 'birthday', 'preferredLocale', 'emailVerified', 'metadata.KEY'],
    example:
      'email,fullName,birthday,preferredLocale,metadata.phone\r\njerry@example.com,Jerry Berg,1990-03-21,de,+49 30 1234567\r\n',
    list: '/users',
    see: 'See the users',
  },
  sims: {
    title: 'SIMs',
    objects: 'SIMs',
    required: 'iccid',
    columns: ['type', 'provider', 'status', 'metadata.KEY'],
    example: 'iccid,type,provider,status,metadata.box\r\n89883070000007537119,pSIM,p1,inactive,17\r\n',
    list: '/sims',
    see: 'See the SIMs',
  },
}

export const IMPORT_KINDS = Object.keys(KIND_TEXTS) as ImportKind[]

/** The problem with a row that the page finds without the API; null if it finds none. */
export function remarkOnRow(kind: ImportKind, { fault, value }: ImportRow): string | null {
  if (fault !== null) return fault
  const text = String(value[KIND_TEXTS[kind].required] ?? '')
  if (text === '') return MISSING[kind]
  const reading = readIdentifier(text)
  switch (kind) {
    case 'devices':
      if (reading.kind !== 'imei' && reading.kind !== 'imeisv') return 'The IMEI is not 15 or 16 digits.'
      return reading.kind === 'imei' && !reading.isValid ? remarkOn(reading).text : null
    case 'users':
      return reading.kind === 'email' ? null : 'This is not an e-mail address.'
    case 'sims':
      return reading.kind === 'iccid' ? null : 'The ICCID is not 19 or 20 digits.'
  }
}

const MISSING: Record<ImportKind, string> = {
  devices: 'The row has no IMEI.',
  users: 'The row has no e-mail address.',
  sims: 'The row has no ICCID.',
}
