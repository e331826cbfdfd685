import { JSON_TYPE } from '../../contract/media-types.ts'
import type { Database } from '../../db/port.ts'
import { unavailable } from '../../errors.ts'
import type { Admission } from '../limits/overload.ts'
import type { WriteHealth } from '../observation/write-health.ts'
import { type PageRoute, page } from '../page.ts'

interface Parts {
  db: Database
  writes: WriteHealth
  admission: Admission
}

/**
 * `/health/live`: the process responds. `/health/ready`: it can read the store, so a load balancer should send it
 * requests, even while writes fail (`degraded`); 503 if it cannot, or will soon stop. It also probes
 * writes, so that the next check sees that they fail or work again.
 */
export function healthRoutes({ db, writes, admission }: Parts): PageRoute[] {
  return [
    {
      method: 'GET',
      path: '/health/live',
      name: 'HealthLive',
      respond: () => page(JSON_TYPE, '{"status":"live"}'),
    },
    {
      method: 'GET',
      path: '/health/ready',
      name: 'HealthReady',
      async respond() {
        if (admission.isLeaving) throw unavailable('The server is shutting down')
        await db.get('SELECT version FROM schema_migrations LIMIT 1')
        const reason = writes.failure()
        writes.probe()
        const body = reason === null ? { status: 'ready' } : { status: 'degraded', reason }
        return page(JSON_TYPE, JSON.stringify(body))
      },
    },
  ]
}
