import { join } from 'node:path'
import { SetupError } from './errors.ts'

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** All settings. Read once, at the start. */
export interface Config {
  readonly port: number
  readonly host: string
  /** The directory of the embedded store. */
  readonly dataDirectory: string
  /** The file of the embedded store. */
  readonly databaseFile: string
  /** Whether a first start makes the project `demo`. */
  readonly demo: boolean
  readonly logLevel: (typeof LOG_LEVELS)[number]
}

/** The settings of the environment, where `overrides` (from the command line) do not say otherwise. */
export function loadConfig(
  environment: Readonly<Record<string, string | undefined>>,
  overrides: { port?: string; host?: string; data?: string } = {},
): Config {
  const dataDirectory = overrides.data ?? environment.HANDSET_DATA ?? 'data'
  return Object.freeze({
    port: readPort(overrides.port ?? environment.PORT ?? '8080'),
    host: overrides.host ?? environment.HOST ?? '127.0.0.1',
    dataDirectory,
    databaseFile: join(dataDirectory, 'handset.db'),
    demo: readSwitch('HANDSET_DEMO', environment.HANDSET_DEMO ?? '1'),
    logLevel: readLogLevel(environment.LOG_LEVEL ?? 'info'),
  })
}

/** The environment of this process: the only reading of it. */
export const processEnvironment: Readonly<Record<string, string | undefined>> = process.env

function readPort(text: string): number {
  const port = Number(text)
  if (/^[0-9]+$/.test(text) && port <= 65_535) return port
  throw new SetupError(`PORT is "${text}": it must be a number from 0 to 65535`)
}

function readSwitch(name: string, text: string): boolean {
  if (text === '1' || text === '0') return text === '1'
  throw new SetupError(`${name} is "${text}": it must be 1 or 0`)
}

function readLogLevel(text: string): Config['logLevel'] {
  const level = LOG_LEVELS.find((name) => name === text)
  if (level === undefined) throw new SetupError(`LOG_LEVEL is "${text}": it must be one of ${LOG_LEVELS.join(', ')}`)
  return level
}
