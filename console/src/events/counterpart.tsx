import type { Device, Event, Handset, Sim } from '@handset/sdk'
import { useLoaded } from '../loading.ts'
import { useSession } from '../session.ts'
import { hrefOfSubject, nameOfSubject, typeOf } from './event.ts'

/** How many events beside one are looked at. Those of one request are next to each other. */
const NEAR = 5

/** The other phone of a replacement, or of a SIM that moved, with a link to it. Shows nothing for other events. */
export function Counterpart({ event }: { event: Event }) {
  const { handset } = useSession()
  const isCandidate = typeOf(event).subject === 'device' && event.requestId !== null && changesHands(event)
  const [loaded] = useLoaded(
    async (signal) => (isCandidate ? findCounterpart(handset, event, signal) : null),
    [handset, event.id],
  )
  if (loaded.state !== 'ready' || loaded.value === null) return null
  const { label, other } = loaded.value
  const href = hrefOfSubject(other)
  return (
    <p>
      {label} {href === null ? <bdi>{nameOfSubject(other)}</bdi> : <a href={href}>{nameOfSubject(other)}</a>}
    </p>
  )
}

interface Found {
  label: string
  other: Event
}

async function findCounterpart(handset: Handset, event: Event, signal: AbortSignal): Promise<Found | null> {
  const pages = await Promise.all([
    handset.events.list({ after: event.id, limit: NEAR }, { signal }),
    handset.events.list({ before: event.id, limit: NEAR }, { signal }),
  ])
  for (const other of pages.flatMap(({ items }) => items)) {
    if (other.requestId !== event.requestId || typeOf(other).subject !== 'device') continue
    const label = labelOf(event, other)
    if (label !== null) return { label, other }
  }
  return null
}

/** What the other device of the same request is to the one of `event`; null if they have nothing to do with each other. */
function labelOf(event: Event, other: Event): string | null {
  if (isReplaced(other, event)) return 'It replaces'
  if (isReplaced(event, other)) return 'Replaced by'
  if (overlap(simsLost(event), simsGained(other))) return 'Its SIM moved to'
  return overlap(simsGained(event), simsLost(other)) ? 'Its SIM came from' : null
}

/** Whether the device of `next` was registered in the place of that of `old`. */
function isReplaced(old: Event, next: Event): boolean {
  const user = userLost(old)
  return typeOf(next).verb === 'created' && user !== undefined && user === deviceOf(next).user?.id
}

function changesHands(event: Event): boolean {
  return (
    typeOf(event).verb === 'created' ||
    userLost(event) !== undefined ||
    simsGained(event).length + simsLost(event).length > 0
  )
}

/** The user who no longer has the device. */
function userLost(event: Event): string | undefined {
  const before = typeOf(event).verb === 'deleted' ? deviceOf(event) : previousOf(event)
  return before.user?.id
}

function simsGained(event: Event): string[] {
  if (typeOf(event).verb === 'created') return idsOf(deviceOf(event).sims)
  return idsOf(deviceOf(event).sims).filter((id) => !idsOf(previousOf(event).sims ?? deviceOf(event).sims).includes(id))
}

function simsLost(event: Event): string[] {
  if (typeOf(event).verb === 'deleted') return idsOf(deviceOf(event).sims)
  return idsOf(previousOf(event).sims).filter((id) => !idsOf(deviceOf(event).sims).includes(id))
}

function deviceOf({ data }: Event): Partial<Device> {
  return (data ?? {}) as Partial<Device>
}

function previousOf({ previousData }: Event): Partial<Device> {
  return (previousData ?? {}) as Partial<Device>
}

function idsOf(sims: readonly Sim[] | undefined): string[] {
  return (sims ?? []).map(({ id }) => id)
}

function overlap(some: readonly string[], others: readonly string[]): boolean {
  return some.some((id) => others.includes(id))
}
