import type { Event, Sim, User } from '@handset/sdk'
import { nameOfUser } from '../device/name.ts'
import { STATUS_NAMES } from '../sim/status-names.ts'

/** One changed property, in words. A null text means that it has no value. */
export interface Difference {
  name: string
  before: string | null
  after: string | null
}

const NAMES: Readonly<Record<string, string>> = {
  name: 'Name',
  user: 'User',
  sims: 'SIMs',
  email: 'E-mail',
  emailVerified: 'E-mail verified',
  fullName: 'Full name',
  birthday: 'Birthday',
  preferredLocale: 'Language',
  status: 'Status',
  provider: 'Provider',
  imei: 'IMEI',
  model: 'Model',
  url: 'Address',
  description: 'Description',
  eventTypes: 'Events',
  disabledReason: 'Disabled because',
}

/** What an event changed, from what to what. Metadata is compared key by key. */
export function differencesOf({ data, previousData }: Event): Difference[] {
  if (previousData === undefined || data === null) return []
  const now: Readonly<Record<string, unknown>> = data
  return Object.entries(previousData).flatMap(([property, before]) => {
    const after = now[property]
    if (property === 'metadata') return metadataDifferences(before as Metadata, after as Metadata)
    return [{ name: NAMES[property] ?? property, before: textOf(property, before), after: textOf(property, after) }]
  })
}

type Metadata = Readonly<Record<string, string>>

function metadataDifferences(before: Metadata, after: Metadata): Difference[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys
    .filter((key) => before[key] !== after[key])
    .map((name) => ({ name, before: before[name] ?? null, after: after[name] ?? null }))
}

function textOf(property: string, value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null
  switch (property) {
    case 'user':
      return nameOfUser(value as User)
    case 'sims': {
      const sims = value as readonly Sim[]
      return sims.length === 0 ? null : sims.map(({ iccid }) => iccid).join(', ')
    }
    case 'status':
      return STATUS_NAMES[value as Sim['status']] ?? String(value)
    default:
      if (typeof value === 'boolean') return value ? 'yes' : 'no'
      return Array.isArray(value) ? value.join(', ') || null : String(value)
  }
}
