import type { ParsedChange, Resource } from '../context.ts'
import { type EventKind, type EventType, TYPES_OF } from '../contract/event-types.ts'
import type { StoredEvent } from './event.ts'

/** The part of an event that follows from the change of an object. */
export type EventDraft = Pick<
  StoredEvent,
  'type' | 'object_id' | 'user_id' | 'previous_user_id' | 'data' | 'previous_data'
>

/** Properties whose change alone produces no event (docs/contract.md §13). */
const SILENT: Partial<Record<EventKind, string>> = { webhookEndpoint: 'failingSince' }

const SIM_STATUS_EVENTS: Record<string, EventType> = {
  active: 'com.gigs.sim.activated',
  inactive: 'com.gigs.sim.deactivated',
  retired: 'com.gigs.sim.retired',
}

/** The events of a change of one object: none if nothing changed, and two if the status of a SIM changed. */
export function composeEvents(change: ParsedChange): EventDraft[] {
  const { kind, before, after, old, now } = change
  if (old !== null && now !== null) return composeUpdate(change, old, now)
  const [resource, data, verb] = now === null ? [old, before, 'deleted' as const] : [now, after, 'created' as const]
  if (resource === null) return []
  const user_id = ownerOf(change, resource)
  return [
    { type: typeOf(kind, verb), object_id: resource.id, user_id, previous_user_id: null, data, previous_data: null },
  ]
}

function composeUpdate(change: ParsedChange, old: Resource, now: Resource): EventDraft[] {
  const previous = differingProperties(old, now)
  const names = Object.keys(previous)
  if (names.length === 0 || (names.length === 1 && names[0] === SILENT[change.kind])) return []
  const [previousOwner, owner] = [ownerOf(change, old), ownerOf(change, now)]
  const update = {
    type: typeOf(change.kind, 'updated'),
    object_id: now.id,
    user_id: owner,
    previous_user_id: previousOwner === owner ? null : previousOwner,
    data: change.after,
    previous_data: JSON.stringify(previous),
  }
  const status = change.kind === 'sim' && 'status' in previous ? SIM_STATUS_EVENTS[now.status as string] : undefined
  return status === undefined ? [update] : [update, { ...update, type: status, previous_data: null }]
}

/** The top-level properties that differ, with their old values. */
function differingProperties(old: Resource, now: Resource): Record<string, unknown> {
  return Object.fromEntries(Object.entries(old).filter(([name, value]) => !isSame(value, now[name])))
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other))
}

function typeOf(kind: EventKind, verb: 'created' | 'updated' | 'deleted'): EventType {
  const type = (TYPES_OF[kind] as readonly EventType[]).find((name) => name.endsWith(`.${verb}`))
  if (type === undefined) throw new Error(`There is no event for ${kind}.${verb}`)
  return type
}

/** The user that an object belongs to. */
function ownerOf({ kind, owner = null }: ParsedChange, resource: Resource): string | null {
  if (kind === 'user') return resource.id
  if (kind === 'sim') return owner
  const user = (resource.user ?? null) as { id: string } | string | null
  return typeof user === 'object' ? (user?.id ?? null) : user
}
