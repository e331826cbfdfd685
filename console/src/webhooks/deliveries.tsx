import type { Event, Handset, operations, WebhookAttempt, WebhookDelivery, WebhookEndpoint } from '@handset/sdk'
import { useEffect, useState } from 'preact/hooks'
import { announceChange } from '../changes.ts'
import { nameOfSubject, titleOfEvent } from '../events/event.ts'
import { useAction, useLoaded } from '../loading.ts'
import { useNotices } from '../notices.tsx'
import { Failure } from '../parts/failure.tsx'
import { ChoiceField } from '../parts/field.tsx'
import { InlineAction } from '../parts/inline-action.tsx'
import { Part } from '../parts/part.tsx'
import { Moment } from '../parts/time.tsx'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { useSession } from '../session.ts'
import '../sim/status.css'
import './webhooks.css'

const LIMIT = 20

const STATUS = {
  pending: { word: 'Waiting', pill: 'pill pill-inactive' },
  succeeded: { word: 'Delivered', pill: 'pill pill-active' },
  failed: { word: 'Failed', pill: 'pill' },
} as const

type Status = WebhookDelivery['status']
type EventType = NonNullable<NonNullable<operations['EventsList']['parameters']['query']>['type']>[number]

/** The deliveries of an endpoint with their attempts, newest first. */
export function DeliveriesPart({ endpoint }: { endpoint: WebhookEndpoint }) {
  const { handset } = useSession()
  const [status, setStatus] = useState<Status | ''>('')
  const [limit, setLimit] = useState(LIMIT)
  const [loaded] = useLoaded(
    async (signal) => {
      const [deliveries, events] = await Promise.all([
        handset.webhookEndpoints.listDeliveries(
          endpoint.id,
          { ...(status && { status: [status] }), limit },
          { signal },
        ),
        findNewestEvents(handset, endpoint, limit, signal),
      ])
      return { ...deliveries, events }
    },
    [handset, endpoint.id, status, limit],
  )
  useOutcomes(loaded.state === 'ready' ? loaded.value.items : null)
  return (
    <Part title="Deliveries" wide>
      <div class="inline-form">
        <ChoiceField
          label="Show"
          value={status}
          onChange={({ currentTarget }) => setStatus(currentTarget.value as Status | '')}
        >
          <option value="">All</option>
          {Object.entries(STATUS).map(([value, { word }]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </ChoiceField>
      </div>
      <WhenLoaded loaded={loaded}>
        {({ items, moreItemsAfter, events }) => (
          <>
            {items.length === 0 && <p class="quiet">None.</p>}
            <ul class="deliveries">
              {items.map((delivery) => (
                <Delivery
                  key={delivery.id}
                  endpoint={endpoint}
                  delivery={delivery}
                  event={events.get(delivery.event)}
                />
              ))}
            </ul>
            {moreItemsAfter !== null && limit < 200 && (
              <button type="button" class="button" onClick={() => setLimit(200)}>
                Show older
              </button>
            )}
          </>
        )}
      </WhenLoaded>
    </Part>
  )
}

/** How soon and how late the page looks whether a waiting delivery was made, in milliseconds. */
const SOONEST = 1_500
const LATEST = 15_000

/** Loads the page again when the next attempt of a waiting delivery is due, since attempts are not events. */
function useOutcomes(deliveries: readonly WebhookDelivery[] | null): void {
  useEffect(() => {
    const due = (deliveries ?? []).flatMap(({ status, nextAttemptAt }) =>
      status === 'pending' ? [Date.parse(nextAttemptAt ?? '') || 0] : [],
    )
    if (due.length === 0) return
    const wait = Math.min(Math.max(Math.min(...due) - Date.now(), SOONEST), LATEST)
    const timer = setInterval(() => document.visibilityState === 'visible' && announceChange(), wait)
    return () => clearInterval(timer)
  }, [deliveries])
}

/** The newest events that the endpoint receives, by id. The newest deliveries are of these. */
async function findNewestEvents(
  handset: Handset,
  { eventTypes }: WebhookEndpoint,
  limit: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Event>> {
  const type = eventTypes as EventType[]
  const { items } = await handset.events.list({ ...(type.length > 0 && { type }), limit }, { signal })
  return new Map(items.map((event) => [event.id, event]))
}

function Delivery({
  endpoint,
  delivery,
  event,
}: {
  endpoint: WebhookEndpoint
  delivery: WebhookDelivery
  /** Undefined if it is older than the newest events: sent again, or found by a filter. */
  event: Event | undefined
}) {
  const { handset, key } = useSession()
  const { notify } = useNotices()
  const { word, pill } = STATUS[delivery.status]
  return (
    <li>
      <details>
        <summary>
          <span class={pill}>{word}</span>{' '}
          {event !== undefined && (
            <>
              <strong>{titleOfEvent(event)}</strong> <bdi>{nameOfSubject(event)}</bdi>
              {' · '}
            </>
          )}
          <Moment at={delivery.createdAt} />
          {' · '}
          <span class="quiet">
            {delivery.attempts.length === 1 ? '1 attempt' : `${delivery.attempts.length} attempts`}
          </span>
        </summary>
        <p class="quiet">
          Event <code>{delivery.event}</code>
        </p>
        {delivery.nextAttemptAt !== null && (
          <p>
            Next attempt: <Moment at={delivery.nextAttemptAt} />
          </p>
        )}
        <ul class="attempts">
          {delivery.attempts.map((attempt) => (
            <li key={attempt.at}>
              <Attempt attempt={attempt} />
            </li>
          ))}
        </ul>
      </details>
      {key.role === 'admin' && (
        <InlineAction
          label={delivery.status === 'pending' ? 'Send now' : 'Send again'}
          run={async () => {
            await handset.webhookEndpoints.retryDelivery(endpoint.id, delivery.id)
            notify('It is sent again.')
          }}
        />
      )}
    </li>
  )
}

/** One attempt: when, how long, and what the receiver said. */
export function Attempt({ attempt: { at, milliseconds, statusCode, error, response } }: { attempt: WebhookAttempt }) {
  return (
    <>
      <Moment at={at} />, {milliseconds.toLocaleString()} ms:{' '}
      {statusCode === null ? (error ?? 'no response') : `the receiver responded with ${statusCode}`}
      {response !== null && response !== '' && <code class="attempt-response">{response}</code>}
    </>
  )
}

/** Sends a sample event, and shows the result. */
export function TestButton({ endpoint }: { endpoint: WebhookEndpoint }) {
  const { handset } = useSession()
  const [attempt, setAttempt] = useState<WebhookAttempt | null>(null)
  const action = useAction()
  return (
    <>
      <button
        type="button"
        class="button"
        disabled={action.busy}
        onClick={() => action.run(async () => setAttempt(await handset.webhookEndpoints.test(endpoint.id)))}
      >
        Send a test
      </button>
      {action.error !== null && <Failure error={action.error} />}
      {attempt !== null && (
        <p role="status" class="attempt">
          <Attempt attempt={attempt} />
        </p>
      )}
    </>
  )
}
