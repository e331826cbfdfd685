import type { Logger } from 'pino'
import { type App, buildApp } from '../app.ts'
import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import { SetupError } from '../errors.ts'
import type { Siblings } from '../http/limits/siblings.ts'
import { indexWordsInBackground } from './jobs/index-words.ts'
import { sweepRegularly } from './jobs/sweep.ts'
import { reportFiles } from './log.ts'

/** A listening server. */
export interface Server {
  /** Its URL. */
  address: string
  /** Finishes the requests in progress, then closes the store. */
  stop(): Promise<void>
}

/**
 * Serves a store over HTTP, sweeps expired rows, and reports deleted or replaced files of the store. With siblings, the
 * supervisor sweeps and reports instead.
 *
 * Throws a one-line `SetupError` if it cannot listen. The store then stays open.
 */
export async function startServer(
  config: Config,
  context: Context,
  logger: Logger,
  siblings?: Siblings,
): Promise<Server> {
  const { db, clock } = context
  const app = await buildApp({ db, clock, logger, settings: config.http, siblings })
  const address = await listen(app, config)
  logger.info(`listening on ${address}`)
  const sweeping = new AbortController()
  db.watchFiles?.(siblings === undefined ? reportFiles(logger) : () => {})
  if (siblings === undefined) {
    sweepRegularly(context, sweeping.signal, (error) => logger.error({ err: error }, 'sweep'))
    indexWordsInBackground(context, sweeping.signal, logger)
  }
  return {
    address,
    async stop() {
      sweeping.abort()
      await app.close()
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
