import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { cpuOf, memoryOf } from './processes.ts'

/** The server that gets the requests. */
export interface Target {
  address: string
  /** A key of the project `demo`. */
  key: string
  pid: number
}

/** What requests at a steady rate took, in milliseconds, and what the server used. */
export interface Steady {
  requests: number
  p50: number
  p99: number
  most: number
  cpuMicroseconds: number
  megabytes: number
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 })

/** Sends requests at a rate per second, however long the responses take: a list and a new user in turn. */
export async function sendSteadily(target: Target, rate: number, seconds: number): Promise<Steady> {
  const latencies: number[] = []
  const running: Promise<unknown>[] = []
  const start = performance.now()
  const cpu = cpuOf(target.pid)
  for (let sent = 0; sent < seconds * rate; ) {
    for (; sent < ((performance.now() - start) / 1000) * rate; sent++) {
      running.push(send(target, sent % 2 === 0).then((milliseconds) => latencies.push(milliseconds)))
    }
    await pause(2)
  }
  await Promise.all(running)
  latencies.sort((a, b) => a - b)
  const at = (part: number) => Number((latencies[Math.floor(latencies.length * part)] ?? 0).toFixed(1))
  return {
    ...{ requests: latencies.length, p50: at(0.5), p99: at(0.99), most: at(0.9999) },
    cpuMicroseconds: Math.round((cpuOf(target.pid) - cpu) / latencies.length),
    megabytes: Math.round(memoryOf(target.pid)),
  }
}

/** Closes the connections. */
export function endSteadily(): void {
  agent.destroy()
}

/** Sends one request. Returns how long it took, in milliseconds. */
function send({ address, key }: Target, isRead: boolean): Promise<number> {
  const start = performance.now()
  const body = JSON.stringify({ email: `steady-${crypto.randomUUID()}@example.com` })
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${address}/projects/demo/${isRead ? 'users?limit=10' : 'users'}`,
      {
        ...{ agent, method: isRead ? 'GET' : 'POST' },
        headers: { authorization: `Bearer ${key}`, ...(isRead ? {} : { 'content-type': 'application/json' }) },
      },
      (incoming) => {
        incoming.resume().on('end', () => resolve(performance.now() - start))
        if ((incoming.statusCode ?? 0) >= 300) reject(new Error(`status ${incoming.statusCode}`))
      },
    )
    outgoing.on('error', reject)
    outgoing.end(isRead ? undefined : body)
  })
}
