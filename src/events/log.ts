import type { ChangeOrigin, EventLog, ParsedChange } from '../context.ts'
import type { Database, Queries } from '../db/port.ts'
import { unawaited } from '../db/unawaited.ts'
import { timeOfId } from '../domain/id.ts'
import { toExactTime } from '../domain/time.ts'
import { composeEvents } from './compose.ts'
import { queueDeliveries } from './deliveries.ts'
import { type StoredEvent, SYSTEM } from './event.ts'
import { createFollowers } from './followers.ts'
import { createSequencer, type Sequencer } from './sequencer.ts'
import { insertErasure, insertOrdered, insertUnordered } from './store.ts'

/** The event log of a store, with the parts that a server runs and measures. */
export interface RunningLog extends EventLog {
  sequencer: Sequencer
  /** The number of events that this process has written. */
  written(): number
}

export interface LogParts {
  db: Database
  /** How many days events are kept; 0 means that none are written. */
  days: number
}

/**
 * Creates the event log of a store. Where transactions commit one at a time, a change gives its events their positions
 * itself. Elsewhere a sequencer does it once they are committed: a smaller position could otherwise be committed after a
 * larger one, and a reader that was already past it would never see it.
 */
export function createEventLog({ db, days }: LogParts): RunningLog {
  const followers = createFollowers(db)
  const sequencer = createSequencer({ db, onOrdered: followers.wake })
  let written = 0

  async function record(tx: Queries, origin: ChangeOrigin, changes: readonly ParsedChange[]): Promise<void> {
    if (days === 0) return
    const { id: projectId } = origin.caller.project
    const recorded: RecordedEvent[] = []
    const events = eventsOf(origin, changes, recorded)
    if (db.commitsInTurn) {
      await insertOrdered(tx, events)
      if (recorded.length > 0) await queueDeliveries(tx, projectId, recorded)
    } else unawaited(insertUnordered(tx, events))
    for (const { type, object_id, id } of recorded) {
      if (type === 'com.gigs.user.deleted') unawaited(insertErasure(tx, projectId, object_id, erasureDue(id)))
    }
    written += recorded.length
  }

  return {
    days,
    record,
    committed(projectId) {
      if (days === 0) return
      if (db.commitsInTurn) followers.wake(projectId)
      else sequencer.nudge(projectId)
    },
    follow(projectId) {
      if (!db.commitsInTurn) sequencer.nudge(projectId)
      return followers.follow(projectId)
    },
    settled: sequencer.settled,
    sequencer,
    written: () => written,
  }
}

/** How long after the deletion of a user events still show the user's personal data, in milliseconds: seven days. */
const ERASURE_DELAY = 7 * 24 * 60 * 60 * 1000

/** When the user of a `user.deleted` with this id is to be erased. */
function erasureDue(eventId: string): string {
  return toExactTime(timeOfId(eventId) + ERASURE_DELAY)
}

type RecordedEvent = Pick<StoredEvent, 'id' | 'type' | 'object_id'>

/** The events of changes, made one at a time, because those of a large import would fill the memory. Adds each to `recorded`. */
function* eventsOf(
  { caller, newId, requestId }: ChangeOrigin,
  changes: readonly ParsedChange[],
  recorded: RecordedEvent[],
): Generator<StoredEvent> {
  const { project, userId, tokenId, key } = caller
  const origin = {
    project_id: project.id,
    actor: userId ?? (tokenId || SYSTEM),
    actor_name: key?.name ?? null,
    request_id: requestId,
  }
  for (const change of changes) {
    for (const draft of composeEvents(change)) {
      const { id } = newId('evt', project.tag)
      recorded.push({ id, type: draft.type, object_id: draft.object_id })
      yield { id, ...origin, ...draft }
    }
  }
}
