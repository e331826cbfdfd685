/** The date of the contract that events follow (docs/contract.md §13). */
export const EVENTS_VERSION = '2026-11-26'

/** The kinds of objects whose changes produce events, with the types of these events. */
export const TYPES_OF = {
  device: ['com.gigs.device.created', 'com.gigs.device.updated', 'com.gigs.device.deleted'],
  user: ['com.gigs.user.created', 'com.gigs.user.updated', 'com.gigs.user.deleted'],
  sim: [
    'com.gigs.sim.created',
    'com.gigs.sim.updated',
    'com.gigs.sim.deleted',
    'com.gigs.sim.activated',
    'com.gigs.sim.deactivated',
    'com.gigs.sim.retired',
  ],
  apiKey: ['com.gigs.apiKey.created', 'com.gigs.apiKey.deleted'],
  userToken: ['handset.userToken.created', 'handset.userToken.deleted'],
  webhookEndpoint: [
    'handset.webhookEndpoint.created',
    'handset.webhookEndpoint.updated',
    'handset.webhookEndpoint.deleted',
  ],
} as const

export type EventKind = keyof typeof TYPES_OF
export type EventType = (typeof TYPES_OF)[EventKind][number]

export const EVENT_TYPES: readonly EventType[] = Object.values(TYPES_OF).flat()

/** A pattern such as `com.gigs.device.*`, and the types that it stands for. */
const KIND_PATTERNS = new Map<string, readonly EventType[]>(
  Object.values(TYPES_OF).map((types) => [types[0].replace(/[^.]+$/, '*'), types]),
)

/** The values of a filter by type: every type, and the pattern of each kind. */
export const TYPE_PATTERNS: readonly string[] = [...KIND_PATTERNS.keys(), ...EVENT_TYPES]

/** The types that these patterns stand for, without duplicates. */
export function typesMatching(patterns: readonly string[]): EventType[] {
  return [...new Set(patterns.flatMap((pattern) => KIND_PATTERNS.get(pattern) ?? [pattern as EventType]))]
}
