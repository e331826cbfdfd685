import type { StoredProject } from '../../caller.ts'
import type { Context } from '../../context.ts'
import type { WebhookEndpoint } from '../../contract/webhooks.ts'
import { toExactTime } from '../../domain/time.ts'
import type { PlacedEvent } from '../event.ts'
import { renderEvent } from '../event.ts'
import { findEvents } from '../store.ts'
import { isSuccess, stateAfter } from './attempt.ts'
import { type DueDelivery, FIRST_PLACE, findDue } from './deliveries.ts'
import { findEndpoint } from './endpoints.ts'
import { type Attempted, recordAttempts } from './health.ts'
import { createLease } from './leases.ts'
import { openSecrets } from './secrets.ts'
import type { Outcome } from './send.ts'
import type { Webhooks } from './webhooks.ts'

/** Deliveries to one endpoint that are in flight at a time (docs/contract.md §14). */
const IN_FLIGHT = 10

/**
 * Attempts that have ended wait this long, in milliseconds, or until there are this many, to share a commit: the sync
 * of a commit stops this process for milliseconds. If nothing else is in flight, they do not wait.
 */
const RECORDED_WITHIN = 100
const RECORDED_TOGETHER = 100

/**
 * The most attempts that may have ended without being recorded. Beyond that no attempt starts, so that a crash repeats
 * few even if the store is slow.
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

/** An endpoint as an attempt needs it. */
interface Target {
  url: string
  isHealthy: boolean
  secrets: readonly string[] | Error
  readAt: number
}

export function createCourier(parts: CourierParts, project: StoredProject, endpointId: string): Courier {
  const { context, webhooks, source, holder, watch, onDisabled } = parts
  const { db, clock } = context
  const lease = createLease(context, project.id, endpointId, holder)
  let target: Target | undefined
  /** The deliveries whose attempt is in flight or not recorded yet. */
  const taken = new Set<string>()
  let inFlight = 0
  let ended: Attempted[] = []
  let isRecording = false
  let recordTimer: NodeJS.Timeout | undefined
  let failure: unknown
  let isAwake = false
  let resolveWait = () => {}

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
    if (target === undefined || performance.now() - target.readAt > FRESHNESS) target = await readTarget()
    return target !== undefined
  }

  async function readTarget(): Promise<Target | undefined> {
    const readAt = performance.now()
    const json = await findEndpoint(db, project.id, endpointId)
    if (json === undefined) return undefined
    const { url, status, failingSince }: WebhookEndpoint = JSON.parse(json)
    if (status !== 'enabled') return undefined
    const name = { projectId: project.id, endpointId }
    const secrets = await openSecrets(db, webhooks.sealer, name, toExactTime(clock())).catch((error: Error) => error)
    return { url, isHealthy: failingSince === null, secrets, readAt }
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
      else end({ delivery, outcome, state: stateAfter(delivery, outcome, { at, now, random: Math.random() }), now })
      wake()
    })
  }

  function end(attempted: Attempted): void {
    ended.push(attempted)
    recordSoon()
  }

  /** Records the attempts that have ended, at once or together with those that end in the next moment. */
  function recordSoon(): void {
    if (isRecording || ended.length === 0) return
    if (inFlight === 0 || ended.length >= RECORDED_TOGETHER) record()
    else recordTimer ??= setTimeout(record, RECORDED_WITHIN)
  }

  async function record(): Promise<void> {
    clearTimeout(recordTimer)
    recordTimer = undefined
    const batch = ended
    ended = []
    isRecording = true
    try {
      await recordBatch(batch)
    } catch (error) {
      failure = error
    }
    isRecording = false
    // Deliveries whose attempt could not be recorded are sent again later.
    for (const { delivery } of batch) taken.delete(delivery.id)
    wake()
    recordSoon()
  }

  async function recordBatch(batch: readonly Attempted[]): Promise<void> {
    const isHealthy = target?.isHealthy ?? false
    const reason = await recordAttempts(context, project, endpointId, batch, isHealthy)
    // These attempts may have changed the endpoint.
    if (!isHealthy || batch.some(({ outcome }) => !isSuccess(outcome))) target = undefined
    if (reason !== null) onDisabled(endpointId, reason)
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

  function wake(): void {
    isAwake = true
    resolveWait()
  }

  /** Resolves at the next attempt that ends or is recorded, at `wake`, or after a while. */
  async function somethingHappens(): Promise<void> {
    if (!isAwake) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, PATIENCE)
      resolveWait = resolve
      await promise
      clearTimeout(timer)
    }
    isAwake = false
  }

  return { run, wake }
}

/** The outcome of an attempt in which nothing was sent. */
function notSent(error: string): Outcome {
  return { milliseconds: 0, statusCode: null, error, response: null, retryAfter: undefined }
}
