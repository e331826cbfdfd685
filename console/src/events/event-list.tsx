import type { Event } from '@handset/sdk'
import { useEffect, useState } from 'preact/hooks'
import { useAction, useLoaded } from '../loading.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { EventLine } from './event-line.tsx'

interface Page {
  items: readonly Event[]
  moreItemsAfter: string | null
}

/** Loads a page of events. */
export type Load = (cursor: { after?: string }, signal: AbortSignal) => PromiseLike<Page>

/** Events, newest first, with a button that shows older ones. New events appear at the top. */
export function EventList({
  filters,
  load,
  isNamed = true,
  hasRequests = false,
  none = 'Nothing is recorded. Events are kept for a limited time.',
  onError,
}: {
  /** The list is loaded again when they change. */
  filters: object
  load: Load
  /** Whether each event names its object. */
  isNamed?: boolean
  /** Whether each event shows the id of its request. */
  hasRequests?: boolean
  none?: string
  onError?: (error: unknown) => void
}) {
  const [loaded] = useLoaded(async (signal) => await load({}, signal), [JSON.stringify(filters)])
  useEffect(() => onError?.(loaded.state === 'failed' ? loaded.error : null), [loaded])
  return (
    <WhenLoaded loaded={loaded}>
      {(newest) =>
        newest.items.length === 0 ? (
          <Empty title={none} />
        ) : (
          <Loaded
            key={JSON.stringify(filters)}
            newest={newest}
            load={load}
            isNamed={isNamed}
            hasRequests={hasRequests}
          />
        )
      }
    </WhenLoaded>
  )
}

function Loaded({
  newest,
  load,
  isNamed,
  hasRequests,
}: {
  newest: Page
  load: Load
  isNamed: boolean
  hasRequests: boolean
}) {
  const [older, setOlder] = useState<readonly Page[]>([])
  const action = useAction()
  const last = older.at(-1) ?? newest
  // A refresh can move events from the newest page to the older ones, where they are already.
  const all = new Map([newest, ...older].flatMap(({ items }) => items.map((event) => [event.id, event] as const)))
  const showOlder = async () => {
    const after = [...all.keys()].at(-1) as string
    const page = await load({ after }, new AbortController().signal)
    setOlder((older) => [...older, page])
  }
  return (
    <>
      <ul class="events">
        {[...all.values()].map((event) => (
          <EventLine key={event.id} event={event} isNamed={isNamed} hasRequest={hasRequests} />
        ))}
      </ul>
      {action.error !== null && <Failure error={action.error} />}
      {last.moreItemsAfter !== null && (
        <div class="actions">
          <button type="button" class="button" disabled={action.busy} onClick={() => action.run(showOlder)}>
            Show older
          </button>
        </div>
      )}
    </>
  )
}
