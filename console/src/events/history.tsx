import { Part } from '../parts/part.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'
import { EventList } from './event-list.tsx'

const LIMIT = 10

/** What happened to an object, newest first: the history on its page. A user's includes that of their devices and SIMs. */
export function HistoryPart({ filter }: { filter: { object: string } | { user: string } }) {
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
