import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Ask, fillIn } from './load.ts'

interface Request {
  method: string
  path: string
  headers: Record<string, string>
  body?: string
}

interface Result {
  requests: { total: number }
  non2xx: number
  errors: number
  '3xx': number
  duration: number
  latency: { p50: number; p99: number }
}

type Autocannon = (options: object) => Promise<Result>

/** Generates load with autocannon in a separate process: `node autocannon.ts PACKAGES REQUESTS` prints a `Shot`. */
const [, , packages = '', input = ''] = process.argv
const { port, asks, next, connections, seconds } = JSON.parse(readFileSync(input, 'utf8')) as {
  port: number
  asks: Ask[]
  next: number
  connections: number
  seconds: number
}
const autocannon: Autocannon = createRequire(join(packages, 'package.json'))('autocannon')
let fresh = next

const result = await autocannon({
  url: `http://127.0.0.1:${port}`,
  connections,
  duration: seconds,
  requests: asks.map(({ method, path, headers = {}, body, among, from = 0 }) => ({
    method,
    path,
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    setupRequest(request: Request) {
      const number = among === undefined ? fresh++ : from + Math.floor(Math.random() * among)
      request.path = fillIn(path, number)
      if (body !== undefined) request.body = fillIn(body, number)
      return request
    },
  })),
})
const { latency } = result
console.log(
  JSON.stringify({
    requests: result.requests.total,
    failures: result.non2xx - result['3xx'] + result.errors,
    seconds: result.duration,
    p50: latency.p50,
    p99: latency.p99,
  }),
)
