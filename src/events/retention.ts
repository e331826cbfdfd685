import { inPacedBatches, PACED_BATCH } from '../db/paced-batches.ts'
import type { Database, Queries } from '../db/port.ts'
import { idsFrom } from '../domain/id.ts'
import { toExactTime } from '../domain/time.ts'

const DAY = 24 * 60 * 60 * 1000

/** The newest event stays, whatever its age: a client that has seen it can continue from there. */
const DELETE_OLD = `DELETE FROM events WHERE project_id = $1 AND position IN
  (SELECT position FROM events WHERE project_id = $1 AND id < $2
    AND position < (SELECT MAX(position) FROM events WHERE project_id = $1)
    ORDER BY id LIMIT $3)`
const CLEAR_NEWEST = `UPDATE events SET data = NULL, previous_data = NULL
  WHERE project_id = $1 AND id < $2 AND data IS NOT NULL
    AND position = (SELECT MAX(position) FROM events WHERE project_id = $1)`

const DUE = 'SELECT user_id FROM user_erasures WHERE project_id = $1 AND due_at <= $2 ORDER BY user_id LIMIT 100'
const OF_USER = ['user_id', 'previous_user_id'].map(
  (column) => `SELECT position FROM (SELECT position FROM events
    WHERE project_id = $1 AND ${column} = $2 AND position > $3 ORDER BY position LIMIT ${PACED_BATCH}) x`,
)
const FIND_OF_USER = `SELECT position, object_id, data, previous_data FROM events
  WHERE project_id = $1 AND position IN (${OF_USER.join(' UNION ')}) ORDER BY position LIMIT ${PACED_BATCH}`
const REWRITE = 'UPDATE events SET data = $3, previous_data = $4 WHERE project_id = $1 AND position = $2'
const DELETE_ERASURE = 'DELETE FROM user_erasures WHERE project_id = $1 AND user_id = $2'

interface UserEvent {
  position: number
  object_id: string
  data: string | null
  previous_data: string | null
}

/** Deletes the events of a project that are older than `days`. Returns how many. */
export async function sweepEvents(
  db: Database,
  projectId: string,
  { days, now }: { days: number; now: number },
  signal: AbortSignal,
): Promise<number> {
  const oldest = idsFrom('evt', now - days * DAY)
  const deleted = await inPacedBatches(db, signal, (tx) => tx.run(DELETE_OLD, [projectId, oldest, PACED_BATCH]))
  await db.run(CLEAR_NEWEST, [projectId, oldest])
  return deleted
}

/**
 * Removes name, e-mail address, birthday and metadata of users that were deleted seven days ago from all events of a
 * project (docs/contract.md §13).
 */
export async function eraseUsers(db: Database, projectId: string, now: number, signal: AbortSignal): Promise<void> {
  for (const { user_id } of await db.all<{ user_id: string }>(DUE, [projectId, toExactTime(now)])) {
    let position: number | undefined = 0
    while (position !== undefined) {
      if (signal.aborted) return
      const after: number = position
      position = await db.transaction((tx) => eraseBatch(tx, projectId, user_id, after), { isDurable: false })
    }
  }
}

/** Erases a user from the next events after a position. Returns the position of the last one; undefined at the end. */
async function eraseBatch(tx: Queries, projectId: string, userId: string, after: number): Promise<number | undefined> {
  const events = await tx.all<UserEvent>(FIND_OF_USER, [projectId, userId, after])
  for (const { position, object_id, data, previous_data } of events) {
    const erased = erase(data, userId)
    const previous = object_id === userId ? withoutPersonalData(previous_data) : erase(previous_data, userId)
    if (erased === data && previous === previous_data) continue
    await tx.run(REWRITE, [projectId, position, erased, previous])
  }
  if (events.length === 0) await tx.run(DELETE_ERASURE, [projectId, userId])
  return events.at(-1)?.position
}

/** JSON in which this user, wherever it is embedded, has no personal data. */
function erase(json: string | null, userId: string): string | null {
  if (json === null || !json.includes(userId)) return json
  return JSON.stringify(JSON.parse(json), (_, value) =>
    value?.object === 'user' && value.id === userId ? { ...value, ...personalDataIn(value) } : value,
  )
}

/** The same for previous values of a user's own properties. */
function withoutPersonalData(json: string | null): string | null {
  if (json === null) return null
  const values = JSON.parse(json)
  return JSON.stringify({ ...values, ...personalDataIn(values) })
}

const ERASED: Readonly<Record<string, unknown>> = { email: null, fullName: null, birthday: null, metadata: {} }

/** What replaces the personal data among these properties. */
function personalDataIn(values: object): object {
  return Object.fromEntries(Object.entries(ERASED).filter(([name]) => name in values))
}
