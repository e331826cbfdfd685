import type { Logger } from 'pino'
import { type App, buildApp } from '../app.ts'
import type { Config } from '../config.ts'
import type { Registry } from '../context.ts'
import { SetupError } from '../errors.ts'
import type { Siblings } from '../http/siblings.ts'
import { sweepRegularly } from './jobs/sweep.ts'

/** A server that listens. */
export interface Server {
  /** Its URL. */
  address: string
  /** Finishes the requests in hand, then closes the store too. */
  stop(): Promise<void>
}

/**
 * Serves a registry over HTTP, and sweeps what expires in it, unless it has siblings: then that is done once for all.
 *
 * Throws `SetupError`, in one line, where it cannot listen; the store is then still open.
 */
export async function startServer(
  config: Config,
  registry: Registry,
  logger: Logger,
  siblings?: Siblings,
): Promise<Server> {
  const { db, clock } = registry
  const app = await buildApp({ db, clock, logger, settings: config.http, siblings })
  const address = await listen(app, config)
  const sweeping = new AbortController()
  if (siblings === undefined) {
    sweepRegularly(registry, sweeping.signal, (error) => logger.error({ err: error }, 'sweep'))
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
    return await app.listen({ host, port, listenTextResolver: (address) => `listens on ${address}` })
  } catch (error) {
    await app.close()
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new SetupError(`Port ${port} on ${host} is in use. Choose another with PORT or --port.`)
    throw new SetupError(`Cannot listen on ${host} port ${port}: ${message}`)
  }
}
