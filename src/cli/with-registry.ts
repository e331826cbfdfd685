import type { Command } from 'commander'
import { type Config, loadConfig, processEnvironment } from '../config.ts'
import type { Registry } from '../context.ts'
import { openRegistry } from '../serve/open.ts'

/** The settings of a command: its own options, those of `handset` itself, then the environment. */
export function configOf(command: Command): Config {
  return loadConfig(processEnvironment, command.optsWithGlobals())
}

/** Runs a command's work on the store that its settings name, beside a running server or alone; closes it after. */
export async function withRegistry<T>(command: Command, work: (registry: Registry) => Promise<T>): Promise<T> {
  const registry = await openRegistry(configOf(command))
  try {
    return await work(registry)
  } finally {
    await registry.db.close()
  }
}
