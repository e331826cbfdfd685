import type { operations } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { SUBJECT_NAMES, SUBJECT_TYPES } from '../events/event.ts'
import { EventList, type Load } from '../events/event-list.tsx'
import { ChoiceFilter, DayFilter, DayShortcuts, Filters, momentOf, SetFilter, useFilters } from '../list/filters.tsx'
import { Heading } from '../parts/heading.tsx'
import { useSession } from '../session.ts'

const FILTERS = ['type', 'object', 'user', 'actor', 'createdAfter', 'createdBefore'] as const

type EventType = NonNullable<NonNullable<operations['EventsList']['parameters']['query']>['type']>[number]

/** Who may see the events of keys and tokens (docs/contract.md §13). */
const SUBJECTS = {
  viewer: ['device', 'user', 'sim', 'webhookEndpoint'],
  editor: ['device', 'user', 'sim', 'userToken', 'webhookEndpoint'],
  admin: ['device', 'user', 'sim', 'apiKey', 'userToken', 'webhookEndpoint'],
} as const

/** Everything that was changed in the project, newest first. */
export function EventsPage() {
  const { handset, key } = useSession()
  const filters = useFilters(FILTERS)
  const [error, setError] = useState<unknown>(null)
  const { type, object, user, actor, createdAfter, createdBefore } = filters
  const query = {
    ...(type && { type: [type as EventType] }),
    ...(object && { object }),
    ...(user && { user }),
    ...(actor && { actor }),
    ...(createdAfter && { createdAfter: momentOf(createdAfter) }),
    ...(createdBefore && { createdBefore: momentOf(createdBefore) }),
  }
  const load: Load = (cursor, signal) => handset.events.list({ ...query, ...cursor, limit: 50 }, { signal })
  return (
    <>
      <Heading title="Events" />
      <p class="lead">What was changed, when and by whom. The page shows new events as they happen.</p>
      <Filters names={FILTERS} error={error}>
        <ChoiceFilter
          name="type"
          label="About"
          any="Everything"
          values={SUBJECTS[key.role].map((subject) => ({
            value: SUBJECT_TYPES[subject],
            title: `${SUBJECT_NAMES[subject]}s`,
          }))}
        />
        <DayFilter name="createdAfter" label="From" />
        <DayFilter name="createdBefore" label="Before" />
        <DayShortcuts after="createdAfter" before="createdBefore" />
      </Filters>
      {object && <SetFilter name="object">Only the history of one object.</SetFilter>}
      {user && <SetFilter name="user">Only the events of one user.</SetFilter>}
      {actor && <SetFilter name="actor">Only what one key or user did.</SetFilter>}
      <EventList filters={filters} load={load} hasRequests={key.role === 'admin'} onError={setError} />
    </>
  )
}
