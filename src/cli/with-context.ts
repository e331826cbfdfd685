import type { Command } from 'commander'
import { type Config, loadConfig, processEnvironment } from '../config.ts'
import type { Context } from '../context.ts'
import { openContext } from '../serve/open.ts'

/** The settings of a command: its own options first, then the global options, then the environment. */
export function configOf(command: Command): Config {
  return loadConfig(processEnvironment, command.optsWithGlobals())
}

/** Opens the store that a command's settings name, does the work, and closes it. A server may be using the store. */
export async function withContext<T>(command: Command, work: (context: Context) => Promise<T>): Promise<T> {
  const context = await openContext(configOf(command))
  try {
    return await work(context)
  } finally {
    await context.db.close()
  }
}
