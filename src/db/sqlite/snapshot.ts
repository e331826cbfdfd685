import { performance } from 'node:perf_hooks'
import type { DatabaseSync } from 'node:sqlite'

/** A view of a store that the requests of one turn of the event loop share. */
export interface Snapshot {
  /** As `Database.version`: begins a snapshot, unless there is one that is fresh enough for this asker. */
  version(asker: object): number
  /** Ends a snapshot of an earlier turn, so that what is read next is what is committed now. */
  endIfPast(): void
  end(): void
  /** Call it after a commit of this connection. */
  countCommit(): void
}

/**
 * Shares one read transaction, and one look at whether anything was committed, among the requests that the event loop
 * was told of at once: both cost more than reading a row.
 *
 * That is exact. The bytes of these requests had come before the kernel told of them, so all of them began before the
 * snapshot does; a request that comes later is told of in another poll, which `uvMetricsInfo` counts, and gets another
 * snapshot. Only a connection that sends requests without waiting for answers can have a later one among them: the
 * second of an asker gets a snapshot of its own. A transaction that writes ends the snapshot: the connection is the same.
 */
export function createSnapshot(connection: DatabaseSync): Snapshot {
  const begin = connection.prepare('BEGIN')
  const commit = connection.prepare('COMMIT')
  const dataVersion = connection.prepare('PRAGMA data_version')
  const totalChanges = connection.prepare('SELECT total_changes() AS changes')
  const askers = new Set<object>()
  let isOpen = false
  let loops = 0
  let events = 0
  let current = 0
  let changes = 0
  let commits = 0

  /** Whether the event loop has polled since the snapshot began. */
  function isPast(): boolean {
    const { uvMetricsInfo } = performance.nodeTiming
    return uvMetricsInfo.loopCount !== loops || uvMetricsInfo.events !== events
  }

  function end(): void {
    if (!isOpen) return
    isOpen = false
    askers.clear()
    // A statement that failed for good, such as on a broken disk, has ended the transaction.
    if (connection.isTransaction) commit.run()
  }

  return {
    version(asker) {
      if (isOpen && !askers.has(asker) && !isPast()) {
        askers.add(asker)
        return current
      }
      end()
      const { uvMetricsInfo } = performance.nodeTiming
      loops = uvMetricsInfo.loopCount
      events = uvMetricsInfo.events
      begin.run()
      isOpen = true
      askers.add(asker)
      // The first statement is what takes the snapshot; the number grows with the commits of all other connections.
      current = commits + (dataVersion.get() as { data_version: number }).data_version
      setImmediate(end)
      return current
    },
    endIfPast() {
      if (isOpen && isPast()) end()
    },
    end,
    countCommit() {
      const now = (totalChanges.get() as { changes: number }).changes
      if (now !== changes) commits += 1
      changes = now
    },
  }
}
