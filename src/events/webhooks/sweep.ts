import type { Queries } from '../../db/port.ts'
import { deleteDeliveries, endpointsWithDeliveries, sweepDeliveries } from './deliveries.ts'
import { endpointIds } from './endpoints.ts'

const OLDEST_EVENT = 'SELECT id FROM events WHERE project_id = $1 ORDER BY id LIMIT 1'

/** Creates a function that deletes some deliveries of a project whose event or endpoint is gone, and returns how many. */
export async function createDeliverySweep(
  db: Queries,
  projectId: string,
): Promise<(tx: Queries, limit: number) => Promise<number>> {
  const used = await endpointsWithDeliveries(db, projectId)
  if (used.length === 0) return async () => 0
  const present = new Set(await endpointIds(db, projectId))
  const deleted = used.filter((id) => !present.has(id))
  const oldest = await db.get<{ id: string }>(OLDEST_EVENT, [projectId])

  return async (tx, limit) => {
    let count = oldest === undefined ? 0 : await sweepDeliveries(tx, projectId, oldest.id, limit)
    for (const endpointId of deleted) {
      if (count < limit) count += await deleteDeliveries(tx, projectId, endpointId, limit - count)
    }
    return count
  }
}
