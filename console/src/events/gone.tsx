import { type Device, type Event, type Handset, HandsetError, type Sim, type User } from '@handset/sdk'
import { useLoaded } from '../loading.ts'
import { Empty } from '../parts/empty.tsx'
import { Heading } from '../parts/heading.tsx'
import { Moment } from '../parts/time.tsx'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'
import { nameOfSubject, typeOf } from './event.ts'
import { Actor } from './event-line.tsx'
import { RestoreButton } from './restore-button.tsx'

type Kind = 'device' | 'user' | 'sim'

const WORDS: Record<Kind, { title: string; noun: string; path: string; all: string }> = {
  device: { title: 'Device', noun: 'device', path: '/devices', all: 'All devices' },
  user: { title: 'User', noun: 'user', path: '/users', all: 'All users' },
  sim: { title: 'SIM', noun: 'SIM', path: '/sims', all: 'All SIMs' },
}

interface Past {
  /** Undefined if no deletion is recorded. */
  deletion: Event | undefined
  /** The path of an object that has the same number or address now. */
  successor: string | null
}

/** The page of an object that does not exist: what became of it, and what to do next. */
export function Gone({ kind, id }: { kind: Kind; id: string }) {
  const { handset } = useSession()
  const { title } = WORDS[kind]
  const [loaded] = useLoaded((signal) => findPast(handset, kind, id, signal), [handset, kind, id])
  return (
    <WhenLoaded loaded={loaded} title={title}>
      {({ deletion, successor }) =>
        deletion === undefined ? (
          <Unknown kind={kind} />
        ) : (
          <Deleted kind={kind} id={id} deletion={deletion} successor={successor} />
        )
      }
    </WhenLoaded>
  )
}

function Unknown({ kind }: { kind: Kind }) {
  const { title, noun } = WORDS[kind]
  return (
    <>
      <Heading title={title} />
      <Empty title={`There is no such ${noun}.`}>
        <p>The address may be incomplete, or the {noun} was deleted long ago.</p>
        <NextSteps kind={kind} isMain />
      </Empty>
    </>
  )
}

function Deleted({
  kind,
  id,
  deletion,
  successor,
}: {
  kind: Kind
  id: string
  deletion: Event
  successor: string | null
}) {
  const { title, noun } = WORDS[kind]
  return (
    <>
      <Heading title={nameOfSubject(deletion) || title} />
      <Empty title={`This ${noun} was deleted.`}>
        <p>
          <Moment at={deletion.time} /> by <Actor event={deletion} />.{' '}
          <a href={hrefOf('/events', { object: id })}>History</a>
        </p>
        {successor !== null && <p>It was added again since, with a new id.</p>}
        {kind === 'user' && successor === null && <p>Their devices stayed, without a user.</p>}
        <div class="actions">
          {successor === null ? (
            <RestoreButton event={deletion} isMain />
          ) : (
            <a class="button button-main" href={hrefOf(successor)}>
              Open the {noun}
            </a>
          )}
        </div>
        <NextSteps kind={kind} />
      </Empty>
    </>
  )
}

function NextSteps({ kind, isMain = false }: { kind: Kind; isMain?: boolean }) {
  const { path, all } = WORDS[kind]
  return (
    <div class="actions">
      <a class={isMain ? 'button button-main' : 'button button-quiet'} href={hrefOf('/')}>
        Search
      </a>
      <a class="button button-quiet" href={hrefOf(path)}>
        {all}
      </a>
    </div>
  )
}

async function findPast(handset: Handset, kind: Kind, id: string, signal: AbortSignal): Promise<Past> {
  const newest = await findNewestEvent(handset, id, signal)
  const deletion = newest !== undefined && typeOf(newest).verb === 'deleted' ? newest : undefined
  return { deletion, successor: deletion === undefined ? null : await findSuccessor(handset, kind, deletion, signal) }
}

/** Undefined also for an id that the API does not accept, such as one that was cut off. */
async function findNewestEvent(handset: Handset, object: string, signal: AbortSignal): Promise<Event | undefined> {
  try {
    return (await handset.events.list({ object, limit: 1 }, { signal })).items[0]
  } catch (error) {
    if (error instanceof HandsetError && error.type === 'invalid') return undefined
    throw error
  }
}

async function findSuccessor(
  handset: Handset,
  kind: Kind,
  { data }: Event,
  signal: AbortSignal,
): Promise<string | null> {
  const { imei, email, iccid } = (data ?? {}) as Partial<Device & User & Sim>
  const find = {
    device: async () => (imei ? await handset.devices.search({ imei }, { signal }) : null),
    user: async () => (email ? await handset.users.search({ email }, { signal }) : null),
    sim: async () => (iccid ? await handset.sims.search({ iccid }, { signal }) : null),
  }
  const [found] = (await find[kind]())?.items ?? []
  return found === undefined ? null : `${WORDS[kind].path}/${found.id}`
}
