import type { Command } from 'commander'
import { type Config, loadConfig, processEnvironment } from '../config.ts'
import type { Context } from '../context.ts'
import { openContext, openExistingContext } from '../serve/open.ts'

/** The settings of a command: its own options first, then the global options, then the environment. */
export function configOf(command: Command): Config {
  return loadConfig(processEnvironment, command.optsWithGlobals())
}

/**
 * Opens the store that a command's settings name, does the work, and closes it. A server may be using the store.
 *
 * Throws `SetupError` if there is no store: a command that only reads, or needs a project, must not create an empty one.
 */
export async function withContext<T>(command: Command, work: (context: Context) => Promise<T>): Promise<T> {
  return closeAfter(await openExistingContext(configOf(command)), work)
}

/** The same for a command that creates the store if there is none. */
export async function withNewContext<T>(command: Command, work: (context: Context) => Promise<T>): Promise<T> {
  return closeAfter(await openContext(configOf(command)), work)
}

async function closeAfter<T>(context: Context, work: (context: Context) => Promise<T>): Promise<T> {
  try {
    return await work(context)
  } finally {
    await context.log.settled()
    await context.words.settled()
    await context.db.close()
  }
}
