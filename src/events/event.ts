import { EVENTS_VERSION, type EventType } from '../contract/event-types.ts'
import { timeOfId } from '../domain/id.ts'
import { toExactTime } from '../domain/time.ts'

/** The actor of a change that no request made: the command line, or a job of the server. */
export const SYSTEM = 'system'

/**
 * An event as stored. Its time is in its id, and the rest of its envelope is composed when it is read, since only a server
 * knows its own address.
 */
export interface StoredEvent {
  project_id: string
  id: string
  type: EventType
  object_id: string
  /** The user that the object belongs to after the change; for a deletion, before it. */
  user_id: string | null
  /** The user that the object belonged to before the change, if that was another one. */
  previous_user_id: string | null
  /** The id of an API key or a user, or `system`. */
  actor: string
  /** The name of the API key. */
  actor_name: string | null
  request_id: string | null
  /** JSON text; null once the time for which events are kept has passed. */
  data: string | null
  /** JSON text; null for all events but `*.updated`. */
  previous_data: string | null
}

/** An event with its place in the order of its project's events. */
export interface PlacedEvent extends StoredEvent {
  position: number
}

/** Returns an event as JSON: the bytes that the API and webhooks send. `source` is the address of the server. */
export function renderEvent(event: StoredEvent, source: string): string {
  const { id, type, project_id, request_id, data, previous_data } = event
  const time = toExactTime(timeOfId(id))
  const start =
    `{"object":"event","id":"${id}","type":"${type}","time":"${time}","project":"${project_id}",` +
    `"source":${JSON.stringify(source)},"specversion":"1.0","datacontenttype":"application/json",` +
    `"version":"${EVENTS_VERSION}","actor":${actorOf(event)},"requestId":${JSON.stringify(request_id)},"data":${data}`
  return previous_data === null ? `${start}}` : `${start},"previousData":${previous_data}}`
}

function actorOf({ actor, actor_name }: StoredEvent): string {
  if (actor === SYSTEM) return '{"type":"system"}'
  if (actor.startsWith('usr_')) return `{"type":"user","user":"${actor}"}`
  return `{"type":"apiKey","apiKey":"${actor}","name":${JSON.stringify(actor_name)}}`
}
