import type { components } from './openapi.ts'

type Schemas = components['schemas']
type Envelope = Schemas['Event']
type Types = Envelope['type']

/** The resource of this name; any object if the server does not have it. */
type Resource<Name extends string> = Name extends keyof Schemas ? Schemas[Name] : Record<string, unknown>

/** An event of a type with this pattern, whose `data` is a resource, or null once its retention period has passed. */
type Of<Type extends Types, Data> = Omit<Envelope, 'type' | 'data' | 'previousData'> & {
  type: Type
  data: Data | null
  previousData?: never
}

/** An event of an update, with the old values of the properties that changed. */
type Update<Type extends Types, Data> = Omit<Of<Type, Data>, 'previousData'> & { previousData?: Partial<Data> }

type Created<Prefix extends string> = Extract<Types, `${Prefix}.created` | `${Prefix}.deleted`>
type Updated<Prefix extends string> = Extract<Types, `${Prefix}.updated`>

/** A change of an object of the project. `type` says which properties `data` has. */
export type Event =
  | Of<Created<'com.gigs.device'>, Schemas['Device']>
  | Update<Updated<'com.gigs.device'>, Schemas['Device']>
  | Of<Created<'com.gigs.user'>, Schemas['User']>
  | Update<Updated<'com.gigs.user'>, Schemas['User']>
  | Of<
      Created<'com.gigs.sim'> | 'com.gigs.sim.activated' | 'com.gigs.sim.deactivated' | 'com.gigs.sim.retired',
      Schemas['Sim']
    >
  | Update<Updated<'com.gigs.sim'>, Schemas['Sim']>
  | Of<Created<'com.gigs.apiKey'>, Schemas['ApiKey']>
  | Of<Created<'handset.userToken'>, Schemas['UserToken']>
  | Of<Created<'handset.webhookEndpoint'>, Resource<'WebhookEndpoint'>>
  | Update<Updated<'handset.webhookEndpoint'>, Resource<'WebhookEndpoint'>>

/** A page of events, newest first. */
export type EventList = Omit<Schemas['EventList'], 'items'> & { items: Event[] }
