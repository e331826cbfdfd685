import type { TSchema } from 'typebox'
import type { StoredProject } from '../../caller.ts'
import { type EventKind, type EventType, TYPES_OF } from '../../contract/event-types.ts'
import { WebhookEndpoint } from '../../contract/webhooks.ts'
import type { StoredEvent } from '../../events/event.ts'
import { SYSTEM } from '../../events/event.ts'
import { ApiKey } from '../api-keys/schema.ts'
import { Device } from '../devices/schema.ts'
import { Sim } from '../sims/schema.ts'
import { UserToken } from '../tokens/schema.ts'
import { User } from '../users/schema.ts'

/** For each kind, the resource that its events show, and what an update of the sample has changed. */
const SAMPLES: Record<EventKind, { schema: TSchema; previous: object }> = {
  device: { schema: Device, previous: { sims: [] } },
  user: { schema: User, previous: { fullName: null } },
  sim: { schema: Sim, previous: { status: 'inactive' } },
  apiKey: { schema: ApiKey, previous: {} },
  userToken: { schema: UserToken, previous: {} },
  webhookEndpoint: { schema: WebhookEndpoint, previous: { description: null } },
}

/** A made-up event of a type, in the format of a real one. */
export function sampleEvent(project: StoredProject, id: string, type: EventType): StoredEvent {
  const [kind] = Object.entries(TYPES_OF).find(([, types]) => (types as readonly EventType[]).includes(type)) as [
    EventKind,
    unknown,
  ]
  const { schema, previous } = SAMPLES[kind]
  const data = exampleOf(schema) as { id: string }
  return {
    project_id: project.id,
    id,
    type,
    object_id: data.id,
    user_id: null,
    previous_user_id: null,
    actor: SYSTEM,
    actor_name: null,
    request_id: null,
    data: JSON.stringify(data),
    previous_data: type.endsWith('.updated') ? JSON.stringify(previous) : null,
  }
}

interface Schema {
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  examples?: unknown[]
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
}

/** An example of a value, from the examples in its schema. */
function exampleOf(schema: Schema): unknown {
  const { properties, items, anyOf, examples, enum: values } = schema
  if (schema.const !== undefined) return schema.const
  if (examples !== undefined) return examples[0]
  if (values !== undefined) return values.includes(null) ? null : values[0]
  if (anyOf !== undefined) return exampleOf(anyOf[0] as Schema)
  if (properties !== undefined) {
    return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, exampleOf(property)]))
  }
  if (items !== undefined) return [exampleOf(items)]
  return schema.type === 'boolean' ? true : null
}
