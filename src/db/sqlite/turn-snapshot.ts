import { performance } from 'node:perf_hooks'
import type { DatabaseSync } from 'node:sqlite'

/** A snapshot of a store that the requests of one turn of the event loop share. */
export interface TurnSnapshot {
  /** The same as `Database.version`. Takes a snapshot, unless there is one that is fresh enough for this reader. */
  version(reader: object): number
  /** Ends the snapshot of an earlier turn, so that the next read sees what is committed now. */
  endIfPast(): void
  /** Ends the snapshot, if there is one. */
  end(): void
  /** To be called after each commit of this connection. */
  countCommit(): void
}

/**
 * Shares one read transaction, and one check for new commits, among the requests that one poll of the event loop
 * delivers. Each of the two costs more than reading a row.
 *
 * Responses are still exact. All requests of a poll arrived before the snapshot is taken. A later request is delivered
 * by a later poll, which `uvMetricsInfo` counts, and gets a later snapshot. There is one exception: a connection that
 * pipelines requests may have two in one poll, so the second request of a reader gets a snapshot of its own. A write
 * ends the snapshot, because it uses the same connection.
 */
export function createTurnSnapshot(connection: DatabaseSync): TurnSnapshot {
  const begin = connection.prepare('BEGIN')
  const commit = connection.prepare('COMMIT')
  const dataVersion = connection.prepare('PRAGMA data_version')
  const totalChanges = connection.prepare('SELECT total_changes() AS changes')
  const readers = new Set<object>()
  let isOpen = false
  let loops = 0
  let events = 0
  let current = 0
  let changes = 0
  let commits = 0

  /** Whether the event loop has polled since the snapshot was taken. */
  function isPast(): boolean {
    const { uvMetricsInfo } = performance.nodeTiming
    return uvMetricsInfo.loopCount !== loops || uvMetricsInfo.events !== events
  }

  function end(): void {
    if (!isOpen) return
    isOpen = false
    readers.clear()
    // A statement that failed for good, such as on a broken disk, has ended the transaction already.
    if (connection.isTransaction) commit.run()
  }

  return {
    version(reader) {
      if (isOpen && !readers.has(reader) && !isPast()) {
        readers.add(reader)
        return current
      }
      end()
      const { uvMetricsInfo } = performance.nodeTiming
      loops = uvMetricsInfo.loopCount
      events = uvMetricsInfo.events
      begin.run()
      isOpen = true
      readers.add(reader)
      // The first statement takes the snapshot. `data_version` grows with the commits of all other connections.
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
