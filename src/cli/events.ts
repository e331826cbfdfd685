import { Command, InvalidArgumentError } from 'commander'
import { systemCaller } from '../caller.ts'
import type { Context } from '../context.ts'
import { TYPE_PATTERNS } from '../contract/event-types.ts'
import { MAX_LIMIT } from '../domain/cursor.ts'
import { nearest } from '../domain/nearest.ts'
import { SetupError } from '../errors.ts'
import { newSecret } from '../events/webhooks/secret.ts'
import { signedHeaders } from '../events/webhooks/sign.ts'
import { getEvent, listEvents } from '../resources/events/events.ts'
import type { Event, ListEvents } from '../resources/events/schema.ts'
import { requireProject } from '../resources/projects/projects.ts'
import { catchInterrupt } from './interruption.ts'
import { readText, readWhole } from './options.ts'
import { print, table } from './print.ts'
import { withContext } from './with-context.ts'

interface Filters {
  project: string
  type?: string[]
  object?: string
  user?: string
  since?: string
  json?: boolean
}

interface Page {
  items: Event[]
  moreItemsBefore: string | null
}

const DEFAULT_LIMIT = 20

/** The longest time that one read waits for events, in seconds. */
const WAIT = 30

/** How long a receiver has to respond, in milliseconds. */
const TIME_LIMIT = 20_000

/** `handset events list|show|tail` */
export function eventsCommand(): Command {
  const events = new Command('events')
    .description('Show the changes of a project: what changed, when and by whom.')
    .addHelpText('after', '\nExample:\n  handset events tail --project acme --type "com.gigs.device.*"')

  withFilters(events.command('list').description('List events, newest first.'))
    .option('--limit <count>', `how many (default: ${DEFAULT_LIMIT})`, readWhole(1, MAX_LIMIT), DEFAULT_LIMIT)
    .addHelpText('after', '\nExample:\n  handset events list --project acme --object dev_0SNlurA049MEWV55CrA9qMvI2FVJ')
    .action((options: Filters & { limit: number }, command: Command) =>
      withContext(command, async (context) => {
        const page = await readPage(context, options, { ...queryOf(options), limit: options.limit })
        print(options.json, page.items, table(['TIME', 'TYPE', 'OBJECT', 'ACTOR', 'ID'], page.items.map(rowOf)))
      }),
    )

  events
    .command('show')
    .description('Show an event.')
    .argument('<event>', 'its id, evt_…')
    .requiredOption('--project <id>', 'the project')
    .option('--json', 'print JSON, which is the only format')
    .addHelpText('after', '\nExample:\n  handset events show evt_0SNlurA049MEWV55CrA9qMvI2FVJ --project acme')
    .action((id: string, options: { project: string }, command: Command) =>
      withContext(command, async (context) => {
        const caller = systemCaller(await requireProject(context, options.project))
        print(true, JSON.parse(await getEvent(context.db, caller, id, { context })), '')
      }),
    )

  withFilters(events.command('tail').description('Print events as they happen, until Ctrl-C.'))
    .option('--forward-to <url>', 'also POST each event to this URL, signed like a webhook; for development', readUrl)
    .option('--secret <secret>', 'the secret to sign with, whsec_… (default: a new one, which is printed)', readText)
    .addHelpText(
      'after',
      '\nExample:\n  handset events tail --project acme --forward-to http://127.0.0.1:3000/webhooks',
    )
    .action((options: Filters & { forwardTo?: string; secret?: string }, command: Command) =>
      withContext(command, async (context) => {
        const { forwardTo, secret = newSecret() } = options
        const forward = forwardTo === undefined ? async () => '' : createForwarder(forwardTo, secret)
        if (forwardTo !== undefined && options.secret === undefined) {
          process.stderr.write(`Events are signed with the secret ${secret}\n`)
        }
        // Nothing else keeps the process running while it waits.
        const running = setInterval(() => {}, 60_000)
        for await (const event of tail(context, options)) {
          const outcome = await forward(event)
          process.stdout.write(
            `${options.json ? JSON.stringify(event) : [...rowOf(event), outcome].join('  ').trimEnd()}\n`,
          )
          if (options.json && outcome !== '') process.stderr.write(`${event.id}  ${outcome}\n`)
        }
        clearInterval(running)
      }),
    )

  return events
}

function withFilters(command: Command): Command {
  return command
    .requiredOption('--project <id>', 'the project')
    .option('--type <types...>', 'only events of these types; "com.gigs.device.*" means all of that kind', readType)
    .option('--object <id>', 'only events of this object', readText)
    .option('--user <id>', 'only events of this user, and of what belonged to this user', readText)
    .option('--since <time>', 'only events from this time on, such as 2026-11-27T08:00:00Z', readTime)
    .option('--json', 'print JSON')
}

function queryOf({ type, object, user, since }: Filters): ListEvents {
  return {
    ...(type && { type }),
    ...(object && { object }),
    ...(user && { user }),
    ...(since && { createdAfter: since }),
  }
}

async function readPage(
  context: Context,
  { project }: Filters,
  query: ListEvents,
  signal = new AbortController().signal,
): Promise<Page> {
  const caller = systemCaller(await requireProject(context, project))
  return JSON.parse(await listEvents(context, caller, query, () => ({ signal, recheck() {} })))
}

/** The events from now on, or since a time, oldest first. Ends with Ctrl-C. */
async function* tail(context: Context, options: Filters): AsyncGenerator<Event> {
  using stopping = catchInterrupt()
  const query = queryOf(options)
  // Without a time, start after the newest event.
  let cursor = options.since === undefined ? (await readPage(context, options, { limit: 1 })).items[0]?.id : undefined
  if (options.since !== undefined) {
    const seen = await allSince(context, options, query)
    yield* seen
    cursor = seen.at(-1)?.id
  }
  while (!stopping.signal.aborted) {
    const place = cursor === undefined ? {} : { before: cursor }
    const page = await readPage(context, options, { ...query, ...place, limit: MAX_LIMIT, wait: WAIT }, stopping.signal)
    for (const event of page.items.toReversed()) {
      yield event
      cursor = event.id
    }
  }
}

/** All events that match a query, oldest first. */
async function allSince(context: Context, options: Filters, query: ListEvents): Promise<Event[]> {
  const all: Event[] = []
  for (let after: string | undefined; ; after = all.at(-1)?.id) {
    const page = await readPage(context, options, { ...query, ...(after && { after }), limit: MAX_LIMIT })
    all.push(...page.items)
    if (page.items.length < MAX_LIMIT) return all.reverse()
  }
}

/** Sends each event to a URL once, and returns the response. */
function createForwarder(url: string, secret: string): (event: Event) => Promise<string> {
  return async (event) => {
    const body = JSON.stringify(event)
    const headers = signedHeaders({ id: event.id, body, secrets: [secret], at: Date.now() })
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: { ...headers, 'content-type': 'application/json' },
        redirect: 'manual',
        signal: AbortSignal.timeout(TIME_LIMIT),
      })
      await response.body?.cancel()
      return String(response.status)
    } catch (error) {
      const { message, cause } = error as Error
      return cause instanceof Error ? cause.message : message
    }
  }
}

function rowOf({ time, type, data, actor, id }: Event): string[] {
  const { apiKey, name, user } = actor
  return [time, type, String(data?.id ?? ''), name ?? user ?? apiKey ?? actor.type, id]
}

function readType(text: string, earlier: string[] = []): string[] {
  if (TYPE_PATTERNS.includes(text)) return [...earlier, text]
  const known = nearest(text, [...TYPE_PATTERNS])
  throw new InvalidArgumentError(`There is no such type.${known === null ? '' : ` Did you mean ${known}?`}`)
}

function readTime(text: string): string {
  const time = Date.parse(text)
  if (!Number.isNaN(time)) return new Date(time).toISOString()
  throw new InvalidArgumentError('It must be a time such as 2026-11-27T08:00:00Z.')
}

function readUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new SetupError('--forward-to must be an http or https URL')
}
