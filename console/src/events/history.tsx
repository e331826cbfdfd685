import { Part } from '../parts/part.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'
import { EventList } from './event-list.tsx'

const LIMIT = 20

/** The object whose events are shown. A user's history includes that of their devices and SIMs. */
export type HistoryFilter = { object: string } | { user: string }

/** What happened to an object, newest first. */
export function HistoryPart({ filter }: { filter: HistoryFilter }) {
  const { handset } = useSession()
  return (
    <Part title="History" wide action={<a href={hrefOf('/events', filter)}>Open in events</a>}>
      <EventList
        filters={filter}
        load={(cursor, signal) => handset.events.list({ ...filter, ...cursor, limit: LIMIT }, { signal })}
        isNamed={'user' in filter}
      />
    </Part>
  )
}
