import { Command, CommanderError } from 'commander'
import { processEnvironment } from '../config.ts'
import { ApiError, SetupError } from '../errors.ts'
import { version } from '../version.ts'
import { readText } from './options.ts'
import { settingsHelp, warnOfUnknownSettings } from './settings.ts'

/** Exit codes. */
const EXIT = { done: 0, failed: 1, usage: 2 } as const

/**
 * The commands, in the order of the help. Each is imported on demand, since the API's schemas alone double the memory
 * at start.
 */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serveCommand(),
  projects: async () => (await import('./projects.ts')).projectsCommand(),
  keys: async () => (await import('./keys.ts')).keysCommand(),
  console: async () => (await import('./console.ts')).consoleCommand(),
  tokens: async () => (await import('./tokens.ts')).tokensCommand(),
  webhooks: async () => (await import('./webhooks.ts')).webhooksCommand(),
  events: async () => (await import('./events.ts')).eventsCommand(),
  catalogue: async () => (await import('./catalogue.ts')).catalogueCommand(),
  seed: async () => (await import('./seed.ts')).seedCommand(),
  devices: async () => (await import('./devices.ts')).devicesCommand(),
  sims: async () => (await import('./sims.ts')).simsCommand(),
  users: async () => (await import('./users.ts')).usersCommand(),
  backup: async () => (await import('./backup.ts')).backupCommand(),
  restore: async () => (await import('./backup.ts')).restoreCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  copy: async () => (await import('./copy.ts')).copyCommand(),
  migrate: async () => (await import('./migrate.ts')).migrateCommand(),
  reindex: async () => (await import('./reindex.ts')).reindexCommand(),
  completion: async () => (await import('./completion.ts')).completionCommand(),
}

const HELP = `
${settingsHelp()}

Exit codes: 0 success, 1 failure, 2 wrong usage.

Examples:
  handset serve --ephemeral
  handset keys create --help`

/**
 * Runs one command of `handset` and returns its exit code. An expected failure is one line on standard error. A stack
 * trace means a bug in Handset.
 */
export async function runCli(words: readonly string[]): Promise<number> {
  const program = new Command('handset')
    .description('The device registry for mobile operators and MVNOs.')
    .version(version)
    .option('--data <directory>', 'directory of the embedded store (default: HANDSET_DATA or ./data)', readText)
    .addHelpText('after', HELP)
    .showHelpAfterError('(add --help to see the options)')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .hook('preAction', (_, command) => {
      if (command.name() !== 'serve')
        for (const line of warnOfUnknownSettings(processEnvironment)) process.stderr.write(`handset: ${line}\n`)
    })
  for (const command of await loadCommands(words)) {
    program.addCommand(command)
    inheritSettings(program, command)
  }
  try {
    await program.parseAsync(words, { from: 'user' })
    return EXIT.done
  } catch (error) {
    return explain(error)
  }
}

/**
 * Lets a command continue when nobody reads its output any longer, as in `handset --help | head -1`. Any other write
 * error, such as a full disk, is reported if possible, and makes the exit code 1.
 */
export function reportWriteErrors(stream: NodeJS.WriteStream): void {
  stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return
    process.exitCode = EXIT.failed
    if (stream === process.stdout) process.stderr.write(`handset: Cannot print the result: ${message}\n`)
  })
}

/**
 * The commands that the words name; all of them for help, for a command that lists the others, and if no word names
 * one.
 */
function loadCommands(words: readonly string[]): Promise<Command[]> {
  const named = Object.keys(COMMANDS).filter((name) => words.includes(name))
  const isOne = named.length > 0 && !words.includes('help') && !named.includes('completion')
  return Promise.all(
    (isOne ? named : Object.keys(COMMANDS)).map((name) => (COMMANDS[name] as () => Promise<Command>)()),
  )
}

/** Commander copies settings such as `exitOverride` only to commands that it created itself. */
function inheritSettings(parent: Command, command: Command): void {
  command.copyInheritedSettings(parent)
  for (const child of command.commands) inheritSettings(command, child)
}

function explain(error: unknown): number {
  // Commander has already printed its own errors, or the help that was requested.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  if (error instanceof SetupError || error instanceof ApiError) process.stderr.write(`handset: ${error.message}\n`)
  else process.stderr.write(`handset: ${error instanceof Error ? error.stack : String(error)}\n`)
  return EXIT.failed
}
