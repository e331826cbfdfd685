import { objectRoute, type Route, route } from '../../http/route.ts'
import { getEvent, listEvents } from './events.ts'
import { EventsList, EventsRetrieve } from './schema.ts'

export const eventRoutes: readonly Route[] = [
  route(EventsList, ({ context, caller, query, startWaiting }) => listEvents(context, caller, query, startWaiting)),
  objectRoute(EventsRetrieve, getEvent, ({ found }) => found),
]
