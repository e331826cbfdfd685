import type { Command } from 'commander'
import { type Config, loadConfig, processEnvironment } from '../config.ts'
import type { Registry } from '../context.ts'
import { openRegistry } from '../serve/open.ts'

/** The settings of a command: its own options first, then the global options, then the environment. */
export function configOf(command: Command): Config {
  return loadConfig(processEnvironment, command.optsWithGlobals())
}

/** Opens the store that a command's settings name, does the work, and closes it. A server may be using the store. */
export async function withRegistry<T>(command: Command, work: (registry: Registry) => Promise<T>): Promise<T> {
  const registry = await openRegistry(configOf(command))
  try {
    return await work(registry)
  } finally {
    await registry.db.close()
  }
}
