import { Command } from 'commander'
import type { TSchema } from 'typebox'
import { type Caller, systemCaller } from '../caller.ts'
import type { Context } from '../context.ts'
import { validateBody } from '../contract/validation.ts'
import type { WebhookAttempt, WebhookDelivery, WebhookEndpoint } from '../contract/webhooks.ts'
import { invalid } from '../errors.ts'
import { createWebhooks, type Webhooks } from '../events/webhooks/webhooks.ts'
import { requireProject } from '../resources/projects/projects.ts'
import { listDeliveries, replayEvents, testEndpoint } from '../resources/webhook-endpoints/deliveries.ts'
import {
  CreateWebhookEndpoint,
  type NewWebhookEndpoint,
  REPLAY_SELECTIONS,
  ReplayWebhookEvents,
  TestWebhookEndpoint,
  UpdateWebhookEndpoint,
  type WebhookReplay,
} from '../resources/webhook-endpoints/schema.ts'
import {
  createEndpoint,
  getEndpoint,
  listEndpoints,
  removeEndpoint,
  rotateSecret,
  updateEndpoint,
} from '../resources/webhook-endpoints/webhook-endpoints.ts'
import { allPages } from './all-pages.ts'
import { readWhole } from './options.ts'
import { print, table } from './print.ts'
import { configOf, withContext } from './with-context.ts'

const MAX_GRACE_PERIOD = 604_800
const SHOWN_DELIVERIES = 50

interface Options {
  project: string
  json?: boolean
}

/** What a subcommand receives. */
interface Work {
  webhooks: Webhooks
  context: Context
  caller: Caller
}

/** `handset webhooks list|create|enable|disable|delete|rotate|test|deliveries|replay` */
export function webhooksCommand(): Command {
  const webhooks = new Command('webhooks')
    .description('Manage the endpoints to which the events of a project are sent, and their deliveries.')
    .addHelpText('after', '\nExample:\n  handset webhooks create --project acme --url https://example.com/webhooks')
  addEndpointCommands(webhooks)
  addStatusCommands(webhooks)
  addDeliveryCommands(webhooks)
  return webhooks
}

function addEndpointCommands(webhooks: Command): void {
  subcommand(webhooks, 'list', 'List the endpoints of a project.').action((options: Options, command: Command) =>
    withProject(command, options, async ({ context, caller }) => {
      const all = await allPages<WebhookEndpoint>((query) => listEndpoints(context, caller, query))
      const rows = all.map(({ id, url, status, disabledReason, failingSince }) => [
        id,
        status === 'enabled'
          ? failingSince === null
            ? 'enabled'
            : `failing since ${failingSince}`
          : `disabled (${disabledReason})`,
        url,
      ])
      print(options.json, all, table(['ID', 'STATUS', 'URL'], rows))
    }),
  )

  subcommand(webhooks, 'create', 'Create an endpoint. Its secret is shown only once.')
    .requiredOption('--url <url>', 'where events are sent')
    .option('--event-types <types>', 'types of events, separated by commas, such as com.gigs.device.* (default: all)')
    .option('--description <text>', 'what the endpoint is for')
    .action((options: Options & { url: string; eventTypes?: string; description?: string }, command: Command) =>
      withProject(command, options, async (work) => {
        const { url, eventTypes, description } = options
        const input = {
          url,
          ...(description === undefined ? {} : { description }),
          ...(eventTypes === undefined ? {} : { eventTypes: eventTypes.split(',').map((type) => type.trim()) }),
        }
        requireValid(input, CreateWebhookEndpoint)
        const endpoint: NewWebhookEndpoint = JSON.parse(
          await createEndpoint(work.webhooks, work.context, work.caller, input),
        )
        print(
          options.json,
          endpoint,
          `${endpoint.id}\n${endpoint.secret}\n\nShown only this once. Store it where you store secrets.`,
        )
      }),
    )

  subcommand(
    webhooks,
    'rotate',
    'Replace the secret of an endpoint. Until the grace period ends, requests are signed with both.',
    true,
  )
    .option(
      '--grace-period <seconds>',
      'how long requests are also signed with the old secret (default: a day)',
      readWhole(0, MAX_GRACE_PERIOD),
    )
    .action((id: string, options: Options & { gracePeriod?: number }, command: Command) =>
      withProject(command, options, async ({ webhooks, context, caller }) => {
        const { gracePeriod } = options
        const body = gracePeriod === undefined ? {} : { gracePeriod }
        const endpoint: NewWebhookEndpoint = JSON.parse(await rotateSecret(webhooks, context, caller, id, body))
        print(options.json, endpoint, `${endpoint.secret}\n\nShown only this once. Store it where you store secrets.`)
      }),
    )

  subcommand(webhooks, 'delete', 'Delete an endpoint with its deliveries.', true).action(
    (id: string, options: Options, command: Command) =>
      withProject(command, options, async ({ context, caller }) => {
        print(options.json, JSON.parse(await removeEndpoint(context, caller, id, null)), `Deleted ${id}.`)
      }),
  )
}

function addStatusCommands(webhooks: Command): void {
  for (const [name, status, description] of [
    ['enable', 'enabled', 'Send events to an endpoint again, pending deliveries included.'],
    ['disable', 'disabled', 'Send no more events to an endpoint.'],
  ] as const) {
    subcommand(webhooks, name, description, true).action((id: string, options: Options, command: Command) =>
      withProject(command, options, async ({ webhooks, context, caller }) => {
        const input = { status }
        requireValid(input, UpdateWebhookEndpoint)
        const endpoint = await updateEndpoint(webhooks, context, caller, id, input, null)
        print(options.json, JSON.parse(endpoint), `${id} is ${status}.`)
      }),
    )
  }
}

function addDeliveryCommands(webhooks: Command): void {
  subcommand(webhooks, 'test', 'Send a sample of an event now.', true)
    .option('--type <type>', 'the type of the sample (default: the first that the endpoint gets)')
    .action((id: string, options: Options & { type?: string }, command: Command) =>
      withProject(command, options, async ({ webhooks, context, caller }) => {
        const input = options.type === undefined ? {} : { type: options.type }
        requireValid(input, TestWebhookEndpoint)
        const endpoint: WebhookEndpoint = JSON.parse(await getEndpoint(context.db, caller, id))
        const attempt: WebhookAttempt = JSON.parse(await testEndpoint(webhooks, context, caller, endpoint, input))
        print(options.json, attempt, `${attempt.statusCode ?? attempt.error} after ${attempt.milliseconds} ms`)
      }),
    )

  subcommand(webhooks, 'deliveries', `List the newest ${SHOWN_DELIVERIES} deliveries to an endpoint.`, true).action(
    (id: string, options: Options, command: Command) =>
      withProject(command, options, async ({ context, caller }) => {
        await getEndpoint(context.db, caller, id)
        const page = await listDeliveries(context, caller, id, { limit: SHOWN_DELIVERIES })
        const { items }: { items: WebhookDelivery[] } = JSON.parse(page)
        const rows = items.map(({ id, event, status, attempts, nextAttemptAt }) => {
          const last = attempts.at(-1)
          return [
            id,
            event,
            status,
            String(attempts.length),
            String(last?.statusCode ?? last?.error ?? ''),
            nextAttemptAt ?? '',
          ]
        })
        print(options.json, items, table(['ID', 'EVENT', 'STATUS', 'ATTEMPTS', 'LAST', 'NEXT'], rows))
      }),
  )

  subcommand(webhooks, 'replay', 'Send the events of a period again. A running server delivers them.', true)
    .requiredOption('--since <time>', 'events at this time or later, such as 2026-11-26T00:00:00Z')
    .option('--until <time>', 'events before this time (default: now)')
    .requiredOption('--only <selection>', `${REPLAY_SELECTIONS.join(', ')}`)
    .action((id: string, options: Options & ReplayWebhookEvents, command: Command) =>
      withProject(command, options, async ({ context, caller }) => {
        const { since, until, only } = options
        const input = { since, only, ...(until === undefined ? {} : { until }) }
        requireValid(input, ReplayWebhookEvents)
        const replay: WebhookReplay = JSON.parse(await replayEvents(context, caller, id, input))
        print(options.json, replay, `${replay.deliveries} deliveries are pending.`)
      }),
    )
}

function subcommand(parent: Command, name: string, description: string, takesEndpoint = false): Command {
  const command = parent.command(name).description(description)
  if (takesEndpoint) command.argument('<endpoint>', 'its id, whe_…')
  const id = takesEndpoint ? ' whe_0SNlurA049MEWV3sQkqXQ2hdxHrT' : ''
  const more = EXAMPLE_OPTIONS[name] ?? ''
  return command
    .requiredOption('--project <id>', 'the project')
    .option('--json', 'print JSON')
    .addHelpText('after', `\nExample:\n  handset webhooks ${name}${id} --project acme${more}`)
}

const EXAMPLE_OPTIONS: Readonly<Record<string, string>> = {
  create: ' --url https://example.com/webhooks --event-types com.gigs.device.*',
  rotate: ' --grace-period 3600',
  replay: ' --since 2026-11-26T00:00:00Z --only missing',
}

function withProject(command: Command, options: Options, work: (parts: Work) => Promise<void>): Promise<void> {
  return withContext(command, async (context) => {
    const caller = systemCaller(await requireProject(context, options.project))
    const webhooks = createWebhooks(configOf(command).http.webhooks)
    try {
      await work({ webhooks, context, caller })
    } finally {
      webhooks.sender.close()
    }
  })
}

/** Checks input as the API checks a body. */
function requireValid(input: object, schema: TSchema): void {
  const problems = validateBody(input, schema, undefined)
  if (problems.length > 0) throw invalid(problems)
}
