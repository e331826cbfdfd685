import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type App, buildApp } from '../app.ts'
import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import { SetupError } from '../errors.ts'
import type { Siblings } from '../http/limits/siblings.ts'
import { createJobMetrics } from '../http/observation/job-metrics.ts'
import { startJobs } from './jobs/jobs.ts'
import { reportFiles } from './log.ts'

/** A listening server. */
export interface Server {
  /** Its URL. */
  address: string
  /** Serves for the drain time of the settings, finishes the requests in progress, then closes the store. */
  stop(): Promise<void>
}

/**
 * Serves a store over HTTP, runs the jobs of the server, and reports deleted or replaced files of the store. With
 * siblings, the supervisor runs the jobs and reports instead.
 *
 * Throws a one-line `SetupError` if it cannot listen. The store then stays open.
 */
export async function startServer(
  config: Config,
  context: Context,
  logger: Logger,
  siblings?: Siblings,
): Promise<Server> {
  const { db, clock, newId } = context
  const jobMetrics = createJobMetrics()
  const leaving = new AbortController()
  const settings = config.http
  const app = await buildApp({ db, clock, newId, logger, settings, siblings, jobMetrics, leaving: leaving.signal })
  const address = await listen(app, config)
  logger.info(`listening on ${address}`)
  db.watchFiles?.(siblings === undefined ? reportFiles(logger) : () => {})
  const jobs = siblings === undefined ? await startJobs(config, context, logger, address, jobMetrics) : null
  return {
    address,
    async stop() {
      leaving.abort()
      if (config.drainTime > 0) await pause(config.drainTime * 1000)
      await Promise.all([app.close(), jobs?.stop()])
      await db.close()
    },
  }
}

async function listen(app: App, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    await app.close()
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new SetupError(`Port ${port} on ${host} is in use. Choose another with PORT or --port.`)
    throw new SetupError(`Cannot listen on ${host} port ${port}: ${message}`)
  }
}
