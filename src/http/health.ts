import type { FastifyInstance } from 'fastify'
import type { Database } from '../db/port.ts'

/** `/health/live`: the process answers. `/health/ready`: its store does too; 503 while it does not. */
export function healthRoutes(app: FastifyInstance, db: Database): void {
  app.get('/health/live', { config: { open: true, name: 'HealthLive' } }, () => '{"status":"live"}')
  app.get('/health/ready', { config: { open: true, name: 'HealthReady' } }, async () => {
    await db.get('SELECT version FROM schema_migrations LIMIT 1')
    return '{"status":"ready"}'
  })
}
