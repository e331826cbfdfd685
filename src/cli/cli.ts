import { Command, CommanderError } from 'commander'
import { ApiError, SetupError } from '../errors.ts'
import { version } from '../version.ts'
import { backupCommand, restoreCommand } from './backup.ts'
import { catalogueCommand } from './catalogue.ts'
import { completionCommand } from './completion.ts'
import { copyCommand } from './copy.ts'
import { devicesCommand } from './devices.ts'
import { doctorCommand } from './doctor.ts'
import { keysCommand } from './keys.ts'
import { migrateCommand } from './migrate.ts'
import { readPath } from './options.ts'
import { projectsCommand } from './projects.ts'
import { seedCommand } from './seed.ts'
import { serveCommand } from './serve.ts'
import { simsCommand } from './sims.ts'
import { usersCommand } from './users.ts'

/** What a command's exit code says. */
const EXIT = { done: 0, failed: 1, usage: 2 } as const

const SETTINGS = `
Settings from the environment:
  PORT             port to listen on (8080)
  HOST             address to listen on (127.0.0.1)
  HANDSET_WORKERS  processes that share the port (the cores)
  HANDSET_DATA     directory of the embedded store (./data)
  DATABASE_URL     PostgreSQL instead: postgres://user:password@host:5432/database
  HANDSET_DEMO     0 makes no demo project at first start
  LOG_LEVEL        fatal, error, warn, info, debug, trace or silent (info)
  Limits, proxies, CORS and tracing have settings too: see the README.

Exit codes: 0 done, 1 failed, 2 wrong usage.

Examples:
  handset serve --ephemeral
  handset keys create --help`

/**
 * Runs one command of `handset` and gives its exit code. Expected failures are one line on standard error; a stack
 * trace means a fault of Handset.
 */
export async function runCli(words: readonly string[]): Promise<number> {
  const program = new Command('handset')
    .description('The device registry for mobile operators and MVNOs.')
    .version(version)
    .option('--data <directory>', 'directory of the embedded store (default: HANDSET_DATA or ./data)', readPath)
    .addHelpText('after', SETTINGS)
    .showHelpAfterError('(add --help for what can be given)')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
  const commands = [
    serveCommand(),
    projectsCommand(),
    keysCommand(),
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
 * Lets a command go on where nobody reads what it prints any longer, as in `handset --help | head -1`. A stream that
 * cannot be written for another reason, such as a full disk, is told of where that can be, and makes the exit code 1.
 */
export function tellOfUnwritten(stream: NodeJS.WriteStream): void {
  stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return
    process.exitCode = EXIT.failed
    if (stream === process.stdout) process.stderr.write(`handset: Cannot print the result: ${message}\n`)
  })
}

/** Commander passes settings such as `exitOverride` on only to commands that it made itself. */
function inheritSettings(parent: Command, command: Command): void {
  command.copyInheritedSettings(parent)
  for (const child of command.commands) inheritSettings(command, child)
}

function explain(error: unknown): number {
  // Commander has told its own errors, and shown help where that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  if (error instanceof SetupError || error instanceof ApiError) process.stderr.write(`handset: ${error.message}\n`)
  else process.stderr.write(`handset: ${error instanceof Error ? error.stack : String(error)}\n`)
  return EXIT.failed
}
