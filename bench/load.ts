import { execFile, execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { install } from './install.ts'

const run = promisify(execFile)

/** Placeholder for the number of a device, 11 digits. */
export const NUMBER = 'N'.repeat(11)
/** Placeholder for the IMEI of a device; see `imeiOf`. */
export const IMEI = 'M'.repeat(15)
/** Placeholder for its TAC. */
export const TAC = 'T'.repeat(8)
/** The number of TACs in the benchmark's catalogue, about as many as the GSMA's has. */
export const TACS = 270_000
/** The first TAC, and the number of digits of an IMEI after the TAC. */
export const FIRST_TAC = 35_000_000
export const SERIAL_DIGITS = 7

/** The IMEI of the device with this number. Its TAC is in the catalogue. */
export function imeiOf(number: number): string {
  return `${tacOf(number)}${String(Math.floor(number / TACS)).padStart(SERIAL_DIGITS, '0')}`
}

/** The TAC of the device with this number. */
export function tacOf(number: number): number {
  return FIRST_TAC + (number % TACS)
}

/** Replaces the placeholders in a text by the values of the device with this number. */
export function fillIn(text: string, number: number): string {
  return text
    .replaceAll(NUMBER, String(number).padStart(NUMBER.length, '0'))
    .replaceAll(IMEI, imeiOf(number))
    .replaceAll(TAC, String(tacOf(number)))
}

/** A request. `NUMBER`, `IMEI` and `TAC` stand for those of a device. */
export interface Ask {
  method: string
  path: string
  headers?: Record<string, string>
  body?: string
  /** Picks one of this many existing devices at random. Without it, the next device that does not exist yet. */
  among?: number
  /** The number of the first of them; 0 by default. */
  from?: number
}

/** The results of one time slice. */
export interface Shot {
  requests: number
  /** Responses with status 400 and above, and requests without a response. */
  failures: number
  seconds: number
  /** Milliseconds. */
  p50: number
  p99: number
}

export interface Firing {
  port: number
  asks: readonly Ask[]
  /** The number of the first device that does not exist. */
  next: number
  connections: number
  milliseconds: number
  /** A directory for temporary files. */
  directory: string
}

/** Sends requests for a time slice, as fast as they are answered, from a dedicated core. */
export type Generator = (firing: Firing) => Promise<Shot>

/**
 * Uses `wrk` if the machine has it (`apt-get install wrk`), else autocannon. Autocannon needs more CPU per request than
 * bare `node:http` does. With it, the requests per second of the fast sides show the limit of the generator, and only
 * the CPU time of the server is comparable.
 */
export function chooseGenerator(pin: readonly string[]): { name: string; fire: Generator } {
  try {
    execFileSync('wrk', ['-v'], { stdio: 'ignore' })
  } catch (error) {
    // `wrk --version` exits with 1.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      const packages = install('autocannon')
      return { name: 'autocannon', fire: (firing) => fireAutocannon(pin, packages, firing) }
    }
  }
  return { name: 'wrk', fire: (firing) => fireWrk(pin, firing) }
}

/** The request as bytes on the wire. */
function rawRequest({ method, path, headers = {}, body = '' }: Ask): string {
  const length = body === '' ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }
  const fields = Object.entries({ host: '127.0.0.1', ...headers, ...length }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  return `${[`${method} ${path} HTTP/1.1`, ...fields].join('\r\n')}\r\n\r\n${body}`
}

async function fireWrk(pin: readonly string[], firing: Firing): Promise<Shot> {
  const { port, asks, next, connections, milliseconds, directory } = firing
  const script = join(directory, `requests-${port}.lua`)
  // JSON strings are valid Lua strings, as long as they are ASCII.
  const items = asks.map((ask) => {
    const text = rawRequest(ask)
    const holds = [NUMBER, IMEI, TAC].map((placeholder) => text.includes(placeholder))
    return `{ ${JSON.stringify(text)}, ${ask.among ?? 0}, ${ask.from ?? 0}, ${holds.join(', ')} }`
  })
  await writeFile(
    script,
    `local asks = { ${items.join(',\n')} }
local turn, fresh = 0, ${next}
math.randomseed(fresh)
function request()
  turn = turn % #asks + 1
  local text, among, from, has_number, has_imei, has_tac = unpack(asks[turn])
  local number
  if among > 0 then number = from + math.random(0, among - 1) else number = fresh; fresh = fresh + 1 end
  if has_number then text = string.gsub(text, '${NUMBER}', string.format('%011d', number)) end
  if has_imei or has_tac then
    local tac = string.format('%d', ${FIRST_TAC} + number % ${TACS})
    if has_tac then text = string.gsub(text, '${TAC}', tac) end
    if has_imei then
      text = string.gsub(text, '${IMEI}', tac .. string.format('%0${SERIAL_DIGITS}d', math.floor(number / ${TACS})))
    end
  end
  return text
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\nRESULT {"requests":%d,"failures":%d,"seconds":%f,"p50":%f,"p99":%f}\\n',
    summary.requests, errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end`,
  )
  const duration = `${Math.max(1, Math.round(milliseconds / 1000))}s`
  const words = ['wrk', '-t1', `-c${connections}`, `-d${duration}`, '-s', script, `http://127.0.0.1:${port}`]
  const [program, ...rest] = [...pin, ...words] as [string, ...string[]]
  const { stdout } = await run(program, rest)
  return JSON.parse(/RESULT (.*)/.exec(stdout)?.[1] ?? '') as Shot
}

async function fireAutocannon(pin: readonly string[], packages: string, firing: Firing): Promise<Shot> {
  const { port, asks, next, connections, milliseconds, directory } = firing
  const input = join(directory, `requests-${port}.json`)
  await writeFile(input, JSON.stringify({ port, asks, next, connections, seconds: milliseconds / 1000 }))
  const words = [process.execPath, join(import.meta.dirname, 'autocannon.ts'), packages, input]
  const [program, ...rest] = [...pin, ...words] as [string, ...string[]]
  const { stdout } = await run(program, rest)
  return JSON.parse(stdout) as Shot
}
