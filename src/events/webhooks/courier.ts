import type { StoredProject } from '../../caller.ts'
import type { Context } from '../../context.ts'
import type { WebhookEndpoint } from '../../contract/webhooks.ts'
import { toExactTime } from '../../domain/time.ts'
import type { PlacedEvent } from '../event.ts'
import { renderEvent } from '../event.ts'
import { findEvents } from '../store.ts'
import { isSuccess, stateAfter } from './attempt.ts'
import { type DueDelivery, FIRST_PLACE, findDue } from './deliveries.ts'
import { type Attempted, recordAttempts } from './health.ts'
import { createLease } from './leases.ts'
import { createRecorder } from './recorder.ts'
import type { Outcome } from './send.ts'
import { readTarget, type Target } from './target.ts'
import type { Webhooks } from './webhooks.ts'

/** Deliveries to one endpoint that are in flight at a time (docs/contract.md §14). */
const IN_FLIGHT = 10

/**
 * The maximum number of attempts that have ended but are not recorded. Beyond that no attempt starts, so that a crash
 * repeats few even if the store is slow.
 */
const UNRECORDED = 200

/** Deliveries that are read at a time. It bounds the memory of a backlog. */
const PAGE = 50

/** How old the endpoint and its secrets may be when an attempt starts, in milliseconds. */
const FRESHNESS = 1_000

/** How long to wait for something to happen before the lease is checked again, in milliseconds. */
const PATIENCE = 2_000

export interface CourierParts {
  context: Context
  webhooks: Webhooks
  /** The address of the server, for the `source` of events. */
  source: () => string
  /** Names this process in leases. */
  holder: string
  /** Wraps each attempt, for example to trace it. */
  watch: WatchAttempt
  /** Called when an endpoint has been disabled. */
  onDisabled: (endpointId: string, reason: NonNullable<WebhookEndpoint['disabledReason']>) => void
}

/** What an attempt is for. */
export interface Attempt {
  endpointId: string
  deliveryId: string
  eventType: string
}

export type WatchAttempt = (attempt: () => Promise<Outcome>, of: Attempt) => Promise<Outcome>

/** Delivers events to one endpoint. */
export interface Courier {
  /**
   * Delivers everything that is due. Resolves when nothing is due any longer, or another process holds the endpoint's
   * lease, or the signal has aborted and all attempts have ended.
   */
  run(signal: AbortSignal): Promise<void>
  /** To be called when deliveries may have become due while `run` is running. */
  wake(): void
}

export function createCourier(parts: CourierParts, project: StoredProject, endpointId: string): Courier {
  const { context, webhooks, source, holder, watch, onDisabled } = parts
  const { db, clock } = context
  const lease = createLease(context, project.id, endpointId, holder)
  const { wake, somethingHappens } = createWakeUp()
  const recorder = createRecorder({ isIdle: () => inFlight === 0, record, onRecorded })
  let target: Target | undefined
  let targetReadAt = 0
  /** The deliveries whose attempt is in flight or not recorded yet. */
  const taken = new Set<string>()
  let inFlight = 0
  let failure: unknown

  async function run(signal: AbortSignal): Promise<void> {
    try {
      if (await lease.hold()) await deliverAll(signal)
    } finally {
      while (taken.size > 0) await somethingHappens()
      await lease.release()
    }
    if (failure !== undefined) throw failure
  }

  async function deliverAll(signal: AbortSignal): Promise<void> {
    let after = FIRST_PLACE
    let hasStarted = false
    while (await mayContinue(signal)) {
      // Taken before the page is read: one that is recorded meanwhile may still be on the page.
      const busy = new Set(taken)
      const page = await findDue(db, project.id, endpointId, { now: toExactTime(clock()), after, limit: PAGE })
      const last = page.at(-1)
      if (last !== undefined) {
        after = last
        const free = page.filter(({ id }) => !busy.has(id))
        if (free.length > 0) await startAll(free, signal)
        if (free.length > 0) hasStarted = true
        continue
      }
      if (!hasStarted && taken.size === 0) return
      if (!hasStarted) await somethingHappens()
      // From the start again: deliveries that became due meanwhile may be before this place.
      after = FIRST_PLACE
      hasStarted = false
    }
  }

  /** Starts deliveries, each as soon as a slot is free. */
  async function startAll(deliveries: readonly DueDelivery[], signal: AbortSignal): Promise<void> {
    const eventIds = deliveries.map(({ eventId }) => eventId)
    const found = await findEvents(db, project.id, eventIds)
    const events = new Map(found.map((event) => [event.id, event]))
    for (const delivery of deliveries) {
      while (inFlight >= IN_FLIGHT || taken.size >= UNRECORDED) {
        await somethingHappens()
        await lease.hold()
      }
      if (!(await mayContinue(signal))) return
      start(delivery, events.get(delivery.eventId), target as Target, signal)
    }
  }

  /** Whether another delivery may start now. Reads the endpoint again if it may have changed. */
  async function mayContinue(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted || failure !== undefined || !(await lease.hold())) return false
    const now = performance.now()
    if (target === undefined || now - targetReadAt > FRESHNESS) {
      target = await readTarget(context, webhooks.sealer, project.id, endpointId)
      targetReadAt = now
    }
    return target !== undefined
  }

  function start(
    delivery: DueDelivery,
    event: PlacedEvent | undefined,
    { url, secrets }: Target,
    signal: AbortSignal,
  ): void {
    taken.add(delivery.id)
    inFlight += 1
    const at = clock()
    attempt(delivery.id, event, url, secrets, at).then((outcome) => {
      inFlight -= 1
      const now = clock()
      // The server is stopping, and has closed the connection: the delivery is sent again when it has started.
      if (signal.aborted && outcome.statusCode === null) taken.delete(delivery.id)
      else
        recorder.add({
          delivery,
          outcome,
          state: stateAfter(delivery, outcome, { at, now, random: Math.random() }),
          now,
        })
      wake()
    })
  }

  async function record(batch: readonly Attempted[]): Promise<void> {
    const isHealthy = target?.isHealthy ?? false
    const reason = await recordAttempts(context, project, endpointId, batch, isHealthy)
    // These attempts may have changed the endpoint.
    if (!isHealthy || batch.some(({ outcome }) => !isSuccess(outcome))) target = undefined
    if (reason !== null) onDisabled(endpointId, reason)
  }

  /** Deliveries whose attempt could not be recorded are sent again later. */
  function onRecorded(batch: readonly Attempted[], error: unknown): void {
    if (error !== undefined) failure = error
    for (const { delivery } of batch) taken.delete(delivery.id)
    wake()
  }

  async function attempt(
    deliveryId: string,
    event: PlacedEvent | undefined,
    url: string,
    secrets: Target['secrets'],
    at: number,
  ): Promise<Outcome> {
    if (event === undefined || event.data === null) return notSent('the event is no longer kept')
    if (secrets instanceof Error) return notSent(secrets.message)
    const message = { id: event.id, body: renderEvent(event, source()), secrets, at }
    return watch(() => webhooks.sender.send(url, message), { endpointId, deliveryId, eventType: event.type })
  }

  return { run, wake }
}

/** Lets a loop wait until something happens. */
function createWakeUp() {
  let isAwake = false
  let resolveWait = () => {}
  return {
    wake(): void {
      isAwake = true
      resolveWait()
    },
    /** Resolves at the next `wake`, at once if there was one since the last call, or after a while. */
    async somethingHappens(): Promise<void> {
      if (!isAwake) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const timer = setTimeout(resolve, PATIENCE)
        resolveWait = resolve
        await promise
        clearTimeout(timer)
      }
      isAwake = false
    },
  }
}

/** The outcome of an attempt in which nothing was sent. */
function notSent(error: string): Outcome {
  return { milliseconds: 0, statusCode: null, error, response: null, retryAfter: undefined }
}
