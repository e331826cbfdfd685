import type { FastifyInstance } from 'fastify'
import { JSON_TYPE } from '../../contract/media-types.ts'
import type { Database } from '../../db/port.ts'

/** `/health/live`: the process answers. `/health/ready`: its store does too; 503 while it does not. */
export function healthRoutes(app: FastifyInstance, db: Database): void {
  app.get('/health/live', { config: { name: 'HealthLive' } }, (_request, reply) =>
    reply.type(JSON_TYPE).send('{"status":"live"}'),
  )
  app.get('/health/ready', { config: { name: 'HealthReady' } }, async (_request, reply) => {
    await db.get('SELECT version FROM schema_migrations LIMIT 1')
    return reply.type(JSON_TYPE).send('{"status":"ready"}')
  })
}
