import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { endSteadily, sendSteadily } from './steady-load.ts'

// ulimit -n 20000; node bench/idle-connections.ts [--connections 5000] [--seconds 20] [--rate 100] : measures requests at a
// steady rate to a server on SQLite with one process, first alone and then beside idle connections, each of which has sent
// one request. Exits with 1 if their p99 beside them is 100 ms or more.

const { values: options } = parseArgs({
  options: {
    connections: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '100' },
  },
})

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const CONNECTIONS = Number(options.connections)
const SECONDS = Number(options.seconds)
const RATE = Number(options.rate)
const MAX_P99 = 100

/** How many connections are opened at a time. */
const TOGETHER = 100

const directory = await mkdtemp(join(tmpdir(), 'handset-idle-'))
const server = spawn(process.execPath, [MAIN, 'serve', '--port', '0', '--json', '--data', directory], {
  env: { ...process.env, HANDSET_WORKERS: '1', HANDSET_KEEP_ALIVE: '600', LOG_LEVEL: 'error' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const idle: Socket[] = []
try {
  const { address, key } = JSON.parse(String((await once(server.stdout, 'data'))[0]))
  const target = { address, key, pid: server.pid as number }
  await sendSteadily(target, RATE, SECONDS / 4)
  const alone = await sendSteadily(target, RATE, SECONDS)
  for (let opened = 0; opened < CONNECTIONS; opened += TOGETHER) {
    const count = Math.min(TOGETHER, CONNECTIONS - opened)
    idle.push(...(await Promise.all(Array.from({ length: count }, () => openIdle(address, key)))))
  }
  const beside = await sendSteadily(target, RATE, SECONDS)
  const open = idle.filter((socket) => socket.readyState === 'open').length
  console.log(JSON.stringify({ connections: CONNECTIONS, open, alone, beside }))
  process.exitCode = beside.p99 < MAX_P99 && open === CONNECTIONS ? 0 : 1
} finally {
  for (const socket of idle) socket.destroy()
  endSteadily()
  server.kill('SIGTERM')
  await once(server, 'exit')
  await rm(directory, { recursive: true, force: true })
}

/** Opens a connection, and leaves it open after one request. */
async function openIdle(address: string, key: string): Promise<Socket> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  socket.write(`GET /projects/demo HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${key}\r\n\r\n`)
  const [bytes] = await once(socket, 'data')
  if (!String(bytes).startsWith('HTTP/1.1 200')) throw new Error(String(bytes))
  return socket
}
