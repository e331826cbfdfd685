import type { Device, Event, Sim, User } from '@handset/sdk'
import { nameOf, nameOfUser } from '../device/name.ts'
import type { IconName } from '../parts/icon.tsx'
import { hrefOf } from '../router.ts'

/** The kind of object that an event is about. */
export type Subject = 'device' | 'user' | 'sim' | 'apiKey' | 'userToken' | 'webhookEndpoint'

/** What happened to it. */
type Verb = 'created' | 'updated' | 'deleted' | 'activated' | 'deactivated' | 'retired'

export const SUBJECT_NAMES: Record<Subject, string> = {
  device: 'Device',
  user: 'User',
  sim: 'SIM',
  apiKey: 'API key',
  userToken: 'User token',
  webhookEndpoint: 'Webhook',
}

/** The pattern of all types of each kind of object, as the API's filter takes it. */
export const SUBJECT_TYPES: Record<Subject, string> = {
  device: 'com.gigs.device.*',
  user: 'com.gigs.user.*',
  sim: 'com.gigs.sim.*',
  apiKey: 'com.gigs.apiKey.*',
  userToken: 'handset.userToken.*',
  webhookEndpoint: 'handset.webhookEndpoint.*',
}

const VERBS: Record<Verb, string> = {
  created: 'added',
  updated: 'changed',
  deleted: 'deleted',
  activated: 'activated',
  deactivated: 'deactivated',
  retired: 'retired',
}

/** The type of an event in parts: `com.gigs.device.created`. */
export function typeOf({ type }: Pick<Event, 'type'>): { subject: Subject; verb: Verb } {
  const [subject, verb] = type.split('.').slice(-2)
  return { subject: subject as Subject, verb: verb as Verb }
}

/** What happened, for example "Device changed". */
export function titleOfEvent(event: Event): string {
  const { subject, verb } = typeOf(event)
  // Keys and tokens are never deleted, only revoked.
  const word = verb === 'deleted' && (subject === 'apiKey' || subject === 'userToken') ? 'revoked' : VERBS[verb]
  return `${SUBJECT_NAMES[subject]} ${word}`
}

/** The name of the object of an event; its id if the event no longer has its data. */
export function nameOfSubject(event: Event): string {
  const { data } = event
  if (data === null) return ''
  switch (typeOf(event).subject) {
    case 'device':
      return nameOf(data as unknown as Device)
    case 'user':
      return nameOfUser({ ...(data as unknown as User), email: (data as unknown as User).email ?? 'a deleted user' })
    case 'sim':
      return (data as unknown as Sim).iccid
    default: {
      const { name, url, description, id } = data as Record<string, unknown>
      return String(name ?? url ?? description ?? id)
    }
  }
}

const PAGES: Partial<Record<Subject, string>> = { device: 'devices', user: 'users', sim: 'sims' }

export const SUBJECT_ICONS: Record<Subject, IconName> = {
  device: 'smartphone',
  user: 'user',
  sim: 'sim',
  apiKey: 'key',
  userToken: 'key',
  webhookEndpoint: 'webhook',
}

/** The page of the object of an event; null if it has none, or was deleted. */
export function hrefOfSubject(event: Event): string | null {
  const { subject, verb } = typeOf(event)
  const page = PAGES[subject]
  return page === undefined || verb === 'deleted' || event.data === null ? null : hrefOf(`/${page}/${event.data.id}`)
}
