import { Command, CommanderError } from 'commander'
import { processEnvironment } from '../config.ts'
import { ApiError, SetupError } from '../errors.ts'
import { version } from '../version.ts'
import { backupCommand, restoreCommand } from './backup.ts'
import { catalogueCommand } from './catalogue.ts'
import { completionCommand } from './completion.ts'
import { consoleCommand } from './console.ts'
import { copyCommand } from './copy.ts'
import { devicesCommand } from './devices.ts'
import { doctorCommand } from './doctor.ts'
import { eventsCommand } from './events.ts'
import { keysCommand } from './keys.ts'
import { migrateCommand } from './migrate.ts'
import { readText } from './options.ts'
import { projectsCommand } from './projects.ts'
import { reindexCommand } from './reindex.ts'
import { seedCommand } from './seed.ts'
import { serveCommand } from './serve.ts'
import { settingsHelp, warnOfUnknownSettings } from './settings.ts'
import { simsCommand } from './sims.ts'
import { tokensCommand } from './tokens.ts'
import { usersCommand } from './users.ts'
import { webhooksCommand } from './webhooks.ts'

/** Exit codes. */
const EXIT = { done: 0, failed: 1, usage: 2 } as const

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
  const commands = [
    serveCommand(),
    projectsCommand(),
    keysCommand(),
    consoleCommand(),
    tokensCommand(),
    webhooksCommand(),
    eventsCommand(),
    catalogueCommand(),
    seedCommand(),
    devicesCommand(),
    simsCommand(),
    usersCommand(),
    backupCommand(),
    restoreCommand(),
    doctorCommand(),
    copyCommand(),
    migrateCommand(),
    reindexCommand(),
    completionCommand(),
  ]
  for (const command of commands) {
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
