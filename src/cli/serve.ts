import { Command } from 'commander'
import type { Logger } from 'pino'
import { type Config, MAX_PORT, MAX_WORKERS, processEnvironment } from '../config.ts'
import type { Context } from '../context.ts'
import { SetupError } from '../errors.ts'
import type { Siblings } from '../http/limits/siblings.ts'
import { allProjects } from '../resources/projects/projects.ts'
import { DEMO_PROJECT, type Demo, makeDemo } from '../serve/jobs/demo.ts'
import { nameOf, openForRequests, openForWorker } from '../serve/open.ts'
import type { Server } from '../serve/server.ts'
import type { Environment } from '../settings.ts'
import { version } from '../version.ts'
import { adviseList } from './catalogue-lists.ts'
import { linkTo } from './console.ts'
import { readText, readWhole } from './options.ts'
import { COMMAND, print } from './print.ts'
import { settingsHelp, warnOfUnknownSettings } from './settings.ts'
import { configOf } from './with-context.ts'

interface ServeOptions {
  workers?: number
  ephemeral?: boolean
  json?: boolean
}

/** `handset serve` */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Run the server.')
    .option('--port <port>', 'port to listen on (default: PORT or 8080)', readWhole(0, MAX_PORT))
    .option('--host <address>', 'address to listen on (default: HOST or 127.0.0.1)', readText)
    .option(
      '--workers <count>',
      'worker processes that share the port (default: HANDSET_WORKERS, or one per core, up to 4)',
      readWhole(1, MAX_WORKERS),
    )
    .option('--ephemeral', 'use a fresh store with a test project, deleted when the server stops')
    .option('--json', 'print the address as JSON')
    .addHelpText(
      'after',
      `
${settingsHelp()}

Examples:
  handset serve --port 9000 --data /var/lib/handset
  handset serve --workers 4
  handset serve --ephemeral`,
    )
    .action(async ({ workers, ephemeral, json }: ServeOptions, command: Command) => {
      const { data } = command.optsWithGlobals()
      if (ephemeral && data !== undefined)
        command.error('error: --ephemeral stores nothing, so it cannot be combined with --data')
      if (ephemeral && workers !== undefined) {
        command.error('error: --ephemeral runs in one process, so it cannot be combined with --workers')
      }
      const config = configOf(command)
      if (ephemeral) await serveEphemeral(config, json)
      else if (isWorker()) await work(config)
      else await serve(config, json)
    })
}

async function serve(config: Config, json: boolean | undefined): Promise<void> {
  const context = await openForRequests(config)
  try {
    const stop = askedToStop()
    const logger = await loadLogger(config)
    const server = await (config.workers === 1 ? serveAlone : serveTogether)(config, context, logger)
    const demo = await makeFirstDemo(config, context)
    const { address } = server
    const link = demo && linkTo(config.http.publicUrl ?? address, demo.code)
    const shown = { address, project: demo && DEMO_PROJECT, key: demo?.token, console: link }
    const first =
      demo && link !== undefined ? { token: demo.token, link, advice: await adviseList(context.db) } : undefined
    print(json, shown, greeting(config, address, first))
    await stop
    await server.stop()
  } catch (error) {
    await context.db.close()
    throw error
  }
}

/** Serves from this process. Only this command loads the HTTP side: the others start in half the time without it. */
async function serveAlone(config: Config, context: Context, logger: Logger, siblings?: Siblings): Promise<Server> {
  const { startServer } = await import('../serve/server.ts')
  return traced(config, () => startServer(config, context, logger, siblings))
}

/** Starts workers, each with this process's command line, and supervises them. Each runs `work`. */
async function serveTogether(config: Config, context: Context, logger: Logger): Promise<Server> {
  const { startWorkers } = await import('../serve/workers/supervisor.ts')
  return traced(config, () => startWorkers(config, context, logger))
}

/** Starts a server within OpenTelemetry's SDK, if tracing is on. */
async function traced({ http }: Config, start: () => Promise<Server>): Promise<Server> {
  if (!http.tracing) return start()
  const stopTracing = await startTracing()
  const { address, stop } = await start()
  return { address, stop: () => stop().then(stopTracing) }
}

/** Whether the supervisor started this process. It then has a channel to the supervisor, which most servers do not have. */
function isWorker(): boolean {
  return process.channel !== undefined && process.getBuiltinModule('node:cluster').isWorker
}

/** Runs one worker, until it or the supervisor is asked to stop. */
async function work(config: Config): Promise<void> {
  const stop = askedToStop()
  const [{ runWorker }, logger] = await Promise.all([import('../serve/workers/worker.ts'), loadLogger(config)])
  await runWorker(async (siblings) => serveAlone(config, await openForWorker(config, siblings), logger, siblings), stop)
}

async function serveEphemeral(config: Config, json: boolean | undefined): Promise<void> {
  const stop = askedToStop()
  const [{ startEphemeral }, logger] = await Promise.all([import('../serve/ephemeral.ts'), loadLogger(config)])
  const server = await startEphemeral(config, logger)
  const { url, token, project, code } = server
  const link = linkTo(url, code)
  const text = `Handset listens on ${url}, test project ${project}, key ${token} (all deleted when it stops)
Console: ${link}`
  print(json, { address: url, project, key: token, console: link }, text)
  await stop
  await server.stop()
}

/** Each worker has its own logger. All of them write to the same standard error. */
async function loadLogger({ logLevel, logFormat, workers, http }: Config): Promise<Logger> {
  const { createLogger } = await import('../serve/log.ts')
  const fields = http.tracing ? (await import('../http/observation/tracing.ts')).traceFields : undefined
  const logger = createLogger(logLevel, {
    format: logFormat,
    isShared: workers > 1,
    hasColours: hasColours(processEnvironment),
    fields,
  })
  if (!isWorker()) for (const line of warnOfUnknownSettings(processEnvironment)) logger.warn(line)
  return logger
}

/** https://no-color.org */
function hasColours({ NO_COLOR }: Environment): boolean {
  return process.stderr.isTTY && !NO_COLOR
}

/** Starts OpenTelemetry's SDK, configured by its own variables. It is large, so users install it themselves. */
async function startTracing(): Promise<() => Promise<void>> {
  const sdk = await import('@opentelemetry/sdk-node').catch(() => {
    throw new SetupError('Tracing needs a package that is not installed. Run: npm install @opentelemetry/sdk-node')
  })
  const { OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES = '' } = processEnvironment
  const isNamed = Boolean(OTEL_SERVICE_NAME) || /(?:^|,)\s*service\.name\s*=/.test(OTEL_RESOURCE_ATTRIBUTES)
  const tracing = new sdk.NodeSDK(isNamed ? {} : { serviceName: 'handset' })
  tracing.start()
  return () => tracing.shutdown()
}

/** On the first start, creates a demo project. Returns its key, and the code of a link to the console. */
async function makeFirstDemo({ demo }: Config, context: Context): Promise<Demo | undefined> {
  if (!demo || (await allProjects(context)).length > 0) return undefined
  try {
    return await makeDemo(context)
  } catch (error) {
    // Another node that is starting at the same time has created it, and prints the key.
    if (error instanceof SetupError) return undefined
    throw error
  }
}

interface FirstStart {
  token: string
  link: string
  /** How to load a larger catalogue, unless the store has it already. */
  advice: string | undefined
}

function greeting(config: Config, address: string, first: FirstStart | undefined): string {
  const publicAddress = config.http.publicUrl ?? address
  const where = `Handset ${version} listens on ${address}
  store    ${nameOf(config)}
  API      ${publicAddress}/reference
  console  ${publicAddress}/console`
  if (first === undefined) return `${where}\nTo create an API key: ${COMMAND} keys create --project ID --name NAME`
  const { token, link, advice } = first
  return `${where}

First start: created the test project "${DEMO_PROJECT}". Its API key, shown only this once:

  ${token}

Open the console, signed in (the link works once, within 15 minutes):

  ${link}

Look up the model of an IMEI:

  curl ${address}/deviceModels/search \\
    -H "Authorization: Bearer ${token}" \\
    -H "Content-Type: application/json" \\
    -d '{"imei":"492388841798923"}'
${advice === undefined ? '' : `\n${advice}\n`}`
}

/** Resolves at the first SIGINT or SIGTERM. A second signal, while requests are being finished, ends the process at once. */
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
