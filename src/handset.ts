import { pino } from 'pino'
import { loadConfig } from './config.ts'
import { startEphemeral } from './serve/ephemeral.ts'

/** A server for development and tests, with a test project. Its data is deleted when it stops. */
export interface EphemeralHandset {
  /** The base URL of the API. */
  url: string
  /** An API key of the project. */
  token: string
  /** The project's id. */
  project: string
  /** Stops the server and deletes its data. */
  stop(): Promise<void>
}

/** All optional. */
export interface EphemeralOptions {
  /** A free port by default. */
  port?: number
  /** The loopback address by default. */
  host?: string
  /** What the API key may do: `viewer`, `editor` or, by default, `admin`. */
  role?: 'viewer' | 'editor' | 'admin'
}

/**
 * Starts a Handset in this process, for the tests of a program that uses one. By default it listens on a free port of
 * the loopback address. Any number may run at once.
 */
export function startHandset({ port = 0, host = '127.0.0.1', role }: EphemeralOptions = {}): Promise<EphemeralHandset> {
  return startEphemeral(loadConfig({ PORT: String(port) }, { host }), pino({ level: 'silent' }), role)
}
