import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import type { Context } from '../../context.ts'
import { createWebhooks } from '../../events/webhooks/webhooks.ts'
import type { JobMetrics } from '../../http/observation/job-metrics.ts'
import { createDeliverer } from './deliver.ts'
import { indexWordsInBackground } from './index-words.ts'
import { sweepRegularly } from './sweep.ts'

/** The jobs that a server runs in addition to its requests. */
export interface Jobs {
  stop(): Promise<void>
}

/**
 * Starts sweeping expired rows, indexing words that are not indexed yet, and delivering webhooks. `address` is where
 * the server listens.
 */
export async function startJobs(
  { http }: Config,
  context: Context,
  logger: Logger,
  address: string,
  metrics: JobMetrics,
): Promise<Jobs> {
  const stopping = new AbortController()
  const source = () => http.publicUrl ?? address
  const watch = http.tracing ? (await import('../../http/observation/delivery-spans.ts')).traceAttempt : undefined
  const deliverer = createDeliverer({ context, webhooks: createWebhooks(http.webhooks), source, logger, watch })
  sweepRegularly(context, stopping.signal, (error) => logger.error({ err: error }, 'sweep'))
  metrics.showDeliveries(deliverer.counts)
  indexWordsInBackground(context, stopping.signal, logger)
  deliverer.start()
  return {
    stop() {
      stopping.abort()
      return deliverer.stop()
    },
  }
}
