import { Command } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import type { App } from '../app.ts'
import type { Config } from '../config.ts'
import { SetupError } from '../errors.ts'
import { nameOf, openForRequests } from '../open.ts'
import { allProjects, createProject } from '../resources/projects/projects.ts'
import type { Registry } from '../resources/registry.ts'
import { createKey } from '../resources/tokens/tokens.ts'
import { sweepRegularly } from '../sweep.ts'
import { print } from './print.ts'
import { configOf } from './with-registry.ts'

const DEMO_PROJECT = 'demo'

/** `handset serve` */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Run the server.')
    .option('--port <port>', 'port to listen on (default: PORT or 8080)')
    .option('--host <address>', 'address to listen on (default: HOST or 127.0.0.1)')
    .option('--json', 'print where it listens as JSON')
    .addHelpText('after', '\nExample:\n  handset serve --port 9000 --data /var/lib/handset')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const config = configOf(command)
      const registry = await openForRequests(config)
      try {
        await serve(config, registry, json)
      } catch (error) {
        await registry.db.close()
        throw error
      }
    })
}

async function serve(config: Config, registry: Registry, json: boolean | undefined): Promise<void> {
  const { db, clock } = registry
  const stop = askedToStop()
  // The HTTP side is loaded here alone: the other commands start in half the time without it.
  const [{ buildApp }, { pino }] = await Promise.all([import('../app.ts'), import('pino')])
  // Logs go to standard error, so that standard output holds what the person at the terminal is told and no more.
  const logger = pino({ level: config.logLevel }, pino.destination(2))
  const stopTracing = config.http.tracing ? await startTracing() : undefined
  const app = await buildApp({ db, clock, logger, settings: config.http })
  const address = await listen(app, config)
  const sweeping = new AbortController()
  sweepRegularly(registry, sweeping.signal, (error) => logger.error({ err: error }, 'sweep'))
  const demoKey = await makeDemo(config, registry)
  print(json, { address, project: demoKey && DEMO_PROJECT, key: demoKey }, greeting(config, address, demoKey))
  await stop
  sweeping.abort()
  await app.close()
  await db.close()
  await stopTracing?.()
}

/** OpenTelemetry's SDK, set by its own variables; it is large, so only who traces installs it. */
async function startTracing(): Promise<() => Promise<void>> {
  const sdk = await import('@opentelemetry/sdk-node').catch(() => {
    throw new SetupError('Tracing needs a package that is not installed: npm install @opentelemetry/sdk-node')
  })
  const tracing = new sdk.NodeSDK({ serviceName: 'handset' })
  tracing.start()
  return () => tracing.shutdown()
}

async function listen(app: App, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port, listenTextResolver: (address) => address })
  } catch (error) {
    await app.close()
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new SetupError(`Port ${port} on ${host} is in use. Choose another with PORT or --port.`)
    throw new SetupError(`Cannot listen on ${host} port ${port}: ${message}`)
  }
}

/** On a first start, a project to try things in; gives its key. */
async function makeDemo({ demo }: Config, registry: Registry): Promise<string | undefined> {
  if (!demo || (await allProjects(registry)).length > 0) return undefined
  try {
    const project = await createProject(registry, { id: DEMO_PROJECT, type: 'test', name: 'Demo' })
    return (await createKey(registry, project, { name: 'first start' })).token
  } catch (error) {
    // Another node that starts at the same moment has made it, and tells its key.
    if (error instanceof SetupError) return undefined
    throw error
  }
}

function greeting(config: Config, address: string, demoKey: string | undefined): string {
  const where = `Handset ${packageJson.version} listens on ${address}
  store    ${nameOf(config)}
  API      ${address}/openapi.json`
  if (demoKey === undefined) return `${where}\nAnother API key: npx handset keys create --project ID --name NAME`
  return `${where}

First start: made the test project "${DEMO_PROJECT}". Its API key, shown only now:

  ${demoKey}

Ask which phone an IMEI belongs to:

  curl ${address}/deviceModels/search \\
    -H "Authorization: Bearer ${demoKey}" \\
    -H "Content-Type: application/json" \\
    -d '{"imei":"492388841798923"}'
`
}

/** Resolves at the first SIGINT or SIGTERM. A second one, while requests in hand are finished, ends the process at once. */
function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ['SIGINT', 'SIGTERM'] as const
    const stop = () => {
      for (const signal of signals) process.off(signal, stop)
      resolve()
    }
    for (const signal of signals) process.on(signal, stop)
  })
}
