import type { Event } from '@handset/sdk'
import { Iccid } from '../parts/digits.tsx'
import { Icon } from '../parts/icon.tsx'
import { Moment } from '../parts/time.tsx'
import { hrefOf } from '../router.ts'
import { Counterpart } from './counterpart.tsx'
import { differencesOf } from './differences.ts'
import { hrefOfSubject, nameOfSubject, SUBJECT_ICONS, titleOfEvent, typeOf } from './event.ts'
import './event-line.css'
import { RestoreButton } from './restore-button.tsx'

/** What happened, to what, when and by whom, with what changed. */
export function EventLine({
  event,
  isNamed,
  hasRequest,
}: {
  event: Event
  isNamed: boolean
  /** Whether to show the id of the request, by which an operator finds it in the log. */
  hasRequest: boolean
}) {
  const href = hrefOfSubject(event)
  const text = nameOfSubject(event)
  const name = typeOf(event).subject === 'sim' ? <Iccid number={text} /> : text
  return (
    <li class="event">
      <Icon name={SUBJECT_ICONS[typeOf(event).subject]} />
      <div class="event-what">
        <p>
          <strong>{titleOfEvent(event)}</strong>{' '}
          {isNamed && (href === null ? <bdi>{name}</bdi> : <a href={href}>{name}</a>)}
        </p>
        <Differences event={event} />
        {!isNamed && <Counterpart event={event} />}
        <RestoreButton event={event} />
      </div>
      <p class="event-who quiet">
        <Moment at={event.time} />
        <span>
          by <Actor event={event} />
        </span>
        {hasRequest && event.requestId !== null && <span class="event-request">Request {event.requestId}</span>}
      </p>
    </li>
  )
}

function Differences({ event }: { event: Event }) {
  const differences = differencesOf(event)
  if (differences.length === 0) return null
  return (
    <ul class="differences">
      {differences.map(({ name, before, after }) => (
        <li key={name}>
          {name}: <Value text={before} /> <span aria-hidden="true">→</span>
          <span class="visually-hidden">became</span> <Value text={after} />
        </li>
      ))}
    </ul>
  )
}

function Value({ text }: { text: string | null }) {
  return text === null ? <span class="quiet">none</span> : <bdi>{text}</bdi>
}

/** Who made a change. */
export function Actor({ event: { actor } }: { event: Event }) {
  switch (actor.type) {
    case 'apiKey':
      return <>the key “{actor.name}”</>
    case 'user':
      return <a href={hrefOf(`/users/${actor.user}`)}>the user</a>
    case 'system':
      return <>the command line or the server</>
  }
}
