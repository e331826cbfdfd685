import type { Caller } from '../../caller.ts'
import type { Context } from '../../context.ts'
import { type EventType, TYPES_OF, typesMatching } from '../../contract/event-types.ts'
import { listOf } from '../../contract/list.ts'
import { includesRole } from '../../contract/operation.ts'
import type { Queries } from '../../db/port.ts'
import type { Awaitable } from '../../domain/awaitable.ts'
import { toCursor } from '../../domain/cursor.ts'
import { toMilliseconds } from '../../domain/time.ts'
import { notFound } from '../../errors.ts'
import { renderEvent } from '../../events/event.ts'
import { type EventFilters, selectEvents } from '../../events/page.ts'
import { findEvent } from '../../events/store.ts'
import type { ListEvents } from './schema.ts'

/** How a request waits: see `http/limits/waiting.ts`. */
interface Wait {
  signal: AbortSignal
  recheck(): Awaitable<void>
}

/** Returns an event as JSON. Throws `notFound`. */
export async function getEvent(
  db: Queries,
  caller: Caller,
  id: string,
  { context }: { context: Pick<Context, 'source'> },
): Promise<string> {
  const event = await findEvent(db, caller.project.id, id)
  if (event === undefined || hiddenTypes(caller).includes(event.type)) throw notFound('event')
  return renderEvent(event, context.source())
}

/**
 * A page of events. If it is empty, waits up to `wait` seconds for an event. `startWaiting` is called before the first
 * wait.
 */
export async function listEvents(
  context: Context,
  caller: Caller,
  { wait = 0, ...query }: ListEvents,
  startWaiting: () => Wait,
): Promise<string> {
  const { id: projectId } = caller.project
  const filters = toFilters(query, hiddenTypes(caller))
  const read = () => readPage(context, projectId, filters, query)
  if (wait === 0) return (await read()).json
  const follower = context.log.follow(projectId)
  try {
    let page = await read()
    if (!page.isEmpty) return page.json
    const { signal, recheck } = startWaiting()
    const ending = AbortSignal.any([signal, AbortSignal.timeout(wait * 1000)])
    while (page.isEmpty && (await follower.next(ending))) {
      await recheck()
      page = await read()
    }
    return page.json
  } finally {
    follower.end()
  }
}

async function readPage({ db, source }: Context, projectId: string, filters: EventFilters, query: ListEvents) {
  const page = await selectEvents(db, projectId, filters, toCursor(query))
  const address = source()
  const items = page.items.map((event) => ({ id: event.id, json: renderEvent(event, address) }))
  return { json: listOf({ ...page, items }), isEmpty: items.length === 0 }
}

function toFilters(
  { type, object, user, actor, createdAfter, createdBefore }: ListEvents,
  hidden: readonly EventType[],
): EventFilters {
  return {
    types: type && typesMatching(type),
    hiddenTypes: hidden,
    object,
    user,
    actor,
    from: createdAfter === undefined ? undefined : toMilliseconds(createdAfter),
    until: createdBefore === undefined ? undefined : toMilliseconds(createdBefore),
  }
}

/** The types of events that a caller may not see (docs/contract.md §13). */
function hiddenTypes({ key }: Caller): readonly EventType[] {
  const role = key?.role ?? 'admin'
  return [
    ...(includesRole(role, 'admin') ? [] : TYPES_OF.apiKey),
    ...(includesRole(role, 'editor') ? [] : TYPES_OF.userToken),
  ]
}
