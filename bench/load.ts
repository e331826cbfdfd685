import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Stands for the number of a device, 11 digits. */
export const NUMBER = 'N'.repeat(11)
/** Stands for the IMEI of a device: see `imeiOf`. */
export const IMEI = 'M'.repeat(15)
/** TACs of the catalogue that the benchmarks run on: about as many as the GSMA's has. */
export const TACS = 270_000
const AUTOCANNON = 'autocannon@9.0.0'
const FIRST_TAC = 35_000_000

/** The IMEI of the device with this number, whose TAC is in the catalogue. */
export function imeiOf(number: number): string {
  return `${FIRST_TAC + (number % TACS)}${String(Math.floor(number / TACS)).padStart(7, '0')}`
}

/** A text in which the device with this number stands for the placeholders. */
export function fillIn(text: string, number: number): string {
  return text.replaceAll(NUMBER, String(number).padStart(NUMBER.length, '0')).replaceAll(IMEI, imeiOf(number))
}

/** A request, in which `NUMBER` and `IMEI` stand for those of a device. */
export interface Ask {
  method: string
  path: string
  headers?: Record<string, string>
  body?: string
  /** Any of so many devices that are there, by chance; without it the next one that is not there. */
  among?: number
}

/** What requests came to in one slice of time. */
export interface Shot {
  requests: number
  /** Answers of 400 and above, and requests without one. */
  failures: number
  seconds: number
  /** Milliseconds. */
  p50: number
  p99: number
}

export interface Firing {
  port: number
  asks: readonly Ask[]
  /** The number of the first device that is not there. */
  next: number
  connections: number
  milliseconds: number
  /** Where files may be made. */
  directory: string
}

/** Sends requests for a slice of time, as many as are answered, from a core of its own. */
export type Generator = (firing: Firing) => Promise<Shot>

/**
 * `wrk` where the machine has it (`apt-get install wrk`), else autocannon. Autocannon needs more CPU for a request than
 * bare `node:http` does, so with it the requests per second of the fast sides say what the generator can do, and only
 * the CPU time of the server compares them.
 */
export function chooseGenerator(pin: readonly string[], cache: string): { name: string; fire: Generator } {
  try {
    execFileSync('wrk', ['-v'], { stdio: 'ignore' })
  } catch (error) {
    // It exits with 1 when it shows its version.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      installAutocannon(cache)
      return { name: 'autocannon', fire: (firing) => fireAutocannon(pin, cache, firing) }
    }
  }
  return { name: 'wrk', fire: (firing) => fireWrk(pin, firing) }
}

/** Into a directory of its own, so that nobody's `npm install` grows by it. */
function installAutocannon(cache: string): void {
  if (existsSync(join(cache, 'node_modules/autocannon'))) return
  mkdirSync(cache, { recursive: true })
  execFileSync('npm', ['install', '--prefix', cache, '--no-audit', '--no-fund', AUTOCANNON], { stdio: 'ignore' })
}

/** The request as it goes over the wire. */
function rawRequest({ method, path, headers = {}, body = '' }: Ask): string {
  const length = body === '' ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }
  const fields = Object.entries({ host: '127.0.0.1', ...headers, ...length }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  return `${[`${method} ${path} HTTP/1.1`, ...fields].join('\r\n')}\r\n\r\n${body}`
}

async function fireWrk(pin: readonly string[], firing: Firing): Promise<Shot> {
  const { port, asks, next, connections, milliseconds, directory } = firing
  const script = join(directory, 'requests.lua')
  // Both JSON's and Lua's strings are written so, as long as they are ASCII.
  const items = asks.map((ask) => `{ text = ${JSON.stringify(rawRequest(ask))}, among = ${ask.among ?? 0} }`)
  await writeFile(
    script,
    `local asks = { ${items.join(',\n')} }
local turn, fresh = 0, ${next}
function request()
  turn = turn % #asks + 1
  local ask = asks[turn]
  local number
  if ask.among > 0 then number = math.random(0, ask.among - 1) else number = fresh; fresh = fresh + 1 end
  local text = string.gsub(ask.text, '${NUMBER}', string.format('%011d', number))
  local imei = string.format('%d%07d', ${FIRST_TAC} + number % ${TACS}, math.floor(number / ${TACS}))
  return (string.gsub(text, '${IMEI}', imei))
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

async function fireAutocannon(pin: readonly string[], cache: string, firing: Firing): Promise<Shot> {
  const { port, asks, next, connections, milliseconds, directory } = firing
  const input = join(directory, 'requests.json')
  await writeFile(input, JSON.stringify({ port, asks, next, connections, seconds: milliseconds / 1000 }))
  const words = [process.execPath, join(import.meta.dirname, 'autocannon.ts'), cache, input]
  const [program, ...rest] = [...pin, ...words] as [string, ...string[]]
  const { stdout } = await run(program, rest)
  return JSON.parse(stdout) as Shot
}
