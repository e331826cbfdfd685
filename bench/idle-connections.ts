import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { parseArgs } from 'node:util'
import { startFreshServer } from './server-process.ts'
import { endSteadily, sendSteadily, type Target } from './steady-load.ts'

// ulimit -n 20000; node bench/idle-connections.ts [--connections 5000] [--seconds 20] [--rate 100] : measures requests
// at a steady rate to a server on SQLite with one process, first alone and then while idle connections are open, each
// of which has sent one request. Exits with 1 if their p99 is then 100 ms or more.

const { values: options } = parseArgs({
  options: {
    connections: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '100' },
  },
})

const CONNECTIONS = Number(options.connections)
const SECONDS = Number(options.seconds)
const RATE = Number(options.rate)
const MAX_P99 = 100

/** How many connections are opened at a time. */
const TOGETHER = 100

await using server = await startFreshServer({ HANDSET_KEEP_ALIVE: '600' })
const idle: Socket[] = []
try {
  await sendSteadily(server, RATE, SECONDS / 4)
  const alone = await sendSteadily(server, RATE, SECONDS)
  for (let opened = 0; opened < CONNECTIONS; opened += TOGETHER) {
    const count = Math.min(TOGETHER, CONNECTIONS - opened)
    idle.push(...(await Promise.all(Array.from({ length: count }, () => openIdle(server)))))
  }
  const beside = await sendSteadily(server, RATE, SECONDS)
  const open = idle.filter((socket) => socket.readyState === 'open').length
  console.log(JSON.stringify({ connections: CONNECTIONS, open, alone, beside }))
  process.exitCode = beside.p99 < MAX_P99 && open === CONNECTIONS ? 0 : 1
} finally {
  for (const socket of idle) socket.destroy()
  endSteadily()
}

/** Opens a connection, and leaves it open after one request. */
async function openIdle({ address, key }: Target): Promise<Socket> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  socket.write(`GET /projects/demo HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${key}\r\n\r\n`)
  const [bytes] = await once(socket, 'data')
  if (!String(bytes).startsWith('HTTP/1.1 200')) throw new Error(String(bytes))
  return socket
}
