import { type Static, Type } from 'typebox'
import { EVENT_TYPES, EVENTS_VERSION, TYPE_PATTERNS } from '../../contract/event-types.ts'
import type { Operation } from '../../contract/operation.ts'
import { ProjectPath } from '../../contract/project.ts'
import { anyOf, closed, idOf, List, listQuery, nullable, oneOf, timeFilter } from '../../contract/schemas.ts'
import { idPattern } from '../../domain/id.ts'

const EventId = idOf('evt', 'Unique identifier for the event.', 'evt_0SNlurA049MEWV55CrA9qMvI2FVJ')

/** The longest time that a request for events may wait, in seconds. */
const MAX_WAIT = 30

const Actor = closed(
  {
    type: oneOf(['apiKey', 'user', 'system'], {
      description: '`system` is the command line, or a job of the server.',
    }),
    apiKey: Type.Optional(Type.String({ description: 'The id of the API key.' })),
    name: Type.Optional(Type.String({ description: 'The name of the API key.' })),
    user: Type.Optional(Type.String({ description: 'The id of the user whose token made the change.' })),
  },
  { title: 'EventActor', description: 'Who made the change.' },
)

const AnyObject = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true })

export const Event = closed(
  {
    object: Type.Literal('event'),
    id: EventId,
    type: oneOf(EVENT_TYPES, {
      description: 'What happened, and to which kind of object.',
      examples: ['com.gigs.device.updated'],
    }),
    time: Type.String({
      format: 'date-time',
      description: 'When it happened, to the millisecond.',
      examples: ['2026-11-26T20:12:00.123Z'],
    }),
    project: Type.String({ examples: ['demo'] }),
    source: Type.String({ description: 'The address of this server.', examples: ['https://devices.example.com'] }),
    specversion: Type.Literal('1.0'),
    datacontenttype: Type.Literal('application/json'),
    version: Type.String({ description: 'The date of the format of `data`.', examples: [EVENTS_VERSION] }),
    actor: Actor,
    requestId: nullable(Type.String({ description: 'The id of the request that made the change.' })),
    data: nullable({
      ...AnyObject,
      description:
        'The whole resource right after the change, as a GET with an API key shows it; for a deletion, right before it. ' +
        'null once the time for which events are kept has passed.',
    }),
    previousData: Type.Optional({
      ...AnyObject,
      description: 'For an update: the properties that changed, with their old values.',
    }),
  },
  { title: 'Event', description: 'A change of an object of the project.' },
)
export type Event = Static<typeof Event>

export const EventList = List(Event)

export const ListEvents = listQuery(idPattern('evt'), {
  type: anyOf(oneOf(TYPE_PATTERNS), 'Only events of this type; `com.gigs.device.*` means all types of that kind.'),
  object: Type.Optional(
    Type.String({
      pattern: '^(dev|sim|usr|key|utk|whe)_[0-9A-Za-z]{28}$',
      description: 'Only events of the object with this id: its history.',
      examples: ['dev_0SNlurA049MEWV55CrA9qMvI2FVJ'],
    }),
  ),
  user: Type.Optional(
    Type.String({
      pattern: idPattern('usr'),
      description: 'Only events of this user, and of devices and SIMs while they belonged to this user.',
    }),
  ),
  actor: Type.Optional(
    Type.String({
      pattern: '^(system|(key|usr)_[0-9A-Za-z]{28})$',
      description: 'Only changes by the API key or the user with this id, or by `system`.',
      examples: ['system'],
    }),
  ),
  createdAfter: timeFilter('Only events at this time or later.'),
  createdBefore: timeFilter('Only events before this time.'),
  wait: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MAX_WAIT,
      default: 0,
      description:
        'How many seconds to wait for an event while the list is empty. With `before` and the newest event that you ' +
        'have seen, repeated requests show every event once, as soon as it happens.',
    }),
  ),
})
export type ListEvents = Static<typeof ListEvents>

const EventPath = closed({ ...ProjectPath.properties, event: EventId })

const tags: [string] = ['Events']

export const EventsList = {
  operationId: 'EventsList',
  method: 'GET',
  path: '/projects/{project}/events',
  access: 'viewer',
  dependsOnTime: true,
  waits: true,
  tags,
  summary: 'List all events',
  description:
    'Returns a list of events, most recent first. The events of a project have a single, fixed order. If the ' +
    'event that the cursor names is no longer kept, the response is 422 `cursorExpired`. Events of API keys are shown ' +
    'only to `admin` keys, and events of user tokens only to `editor` and `admin` keys.',
  params: ProjectPath,
  querystring: ListEvents,
  response: { 200: EventList },
} satisfies Operation

export const EventsRetrieve = {
  operationId: 'EventsRetrieve',
  method: 'GET',
  path: '/projects/{project}/events/{event}',
  access: 'viewer',
  tags,
  summary: 'Retrieve an event',
  description: 'Retrieves an event.',
  params: EventPath,
  response: { 200: Event },
} satisfies Operation
