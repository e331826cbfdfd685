import { pino } from 'pino'
import { loadConfig } from './config.ts'
import { startEphemeral } from './serve/ephemeral.ts'

/** A server for development and tests, with a test project; what it holds is gone when it is stopped. */
export interface EphemeralHandset {
  /** Where it listens. */
  url: string
  /** An API key of the project. */
  token: string
  /** The project's id. */
  project: string
  /** Ends the server and removes what it held. */
  stop(): Promise<void>
}

/**
 * Starts a Handset in this process, for the tests of a program that uses one: on a free port of loopback unless told
 * otherwise. Any number may run at once.
 */
export function startHandset({ port = 0, host = '127.0.0.1' } = {}): Promise<EphemeralHandset> {
  return startEphemeral(loadConfig({ PORT: String(port) }, { host }), pino({ level: 'silent' }))
}
