import { pino } from 'pino'
import { loadConfig } from './config.ts'
import { type EphemeralHandset, startEphemeral } from './ephemeral.ts'

export type { EphemeralHandset } from './ephemeral.ts'

/**
 * Starts a Handset in this process, for the tests of a program that uses one: on a free port of loopback unless told
 * otherwise. Any number may run at once.
 */
export function startHandset({ port = 0, host = '127.0.0.1' } = {}): Promise<EphemeralHandset> {
  return startEphemeral(loadConfig({}, { port: String(port), host }), pino({ level: 'silent' }))
}
