import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdir, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { makeDirectory } from '../support/directory.ts'
import { makeImei } from '../support/factories.ts'
import { scale } from '../support/fault-scale.ts'
import type { ApiResponse, Client } from '../support/server.ts'
import { requireHealthyStore, type ServerProcess, startServerProcess } from '../support/server-process.ts'

const run = promisify(execFile)

const WRITERS = 8
/** Writes that must find the disk full, in each round. */
const REFUSALS = scale(40, 400)
const ROUNDS = scale(2, 6)
/** The number of writes after which the disk must be full. */
const MAX_WRITES = 20_000
const DEADLINE = 10_000

interface Write {
  imei: string
  key: string
}

/** A disk that can be filled and freed while the server runs on it. */
interface Disk {
  data: string
  fill(server: ServerProcess): Promise<void>
  free(server: ServerProcess): Promise<void>
}

const isLinux = process.platform === 'linux'
const isRoot = process.getuid?.() === 0

describe('a full disk', () => {
  it('rejects writes with 503, keeps serving reads and loses nothing, when files cannot grow (EFBIG)', {
    skip: isLinux ? false : 'needs prlimit',
    timeout: 600_000,
  }, async (t) => {
    const data = await makeDirectory()
    await survive(t, {
      data,
      async fill({ pid }) {
        const sizes = await Promise.all((await readdir(data)).map(async (name) => (await stat(join(data, name))).size))
        await limitFileSize(pid, String(Math.max(...sizes) + 64 * 1024))
      },
      async free({ pid, isRunning }) {
        if (isRunning()) await limitFileSize(pid, 'unlimited')
      },
    })
  })

  it('rejects writes with 503, keeps serving reads and loses nothing, on a full file system (ENOSPC)', {
    skip: scale<string | false>(
      'runs only with HANDSET_FAULTS=long',
      isLinux && isRoot ? false : 'needs root to mount a small file system',
    ),
    timeout: 600_000,
  }, async (t) => {
    const data = await makeDirectory()
    await run('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', data])
    const filler = join(data, 'filler')
    try {
      await survive(t, {
        data,
        async fill() {
          await writeFile(filler, Buffer.alloc(Math.max(0, (await spaceIn(data)) - 256 * 1024)))
        },
        free: () => rm(filler, { force: true }),
      })
    } finally {
      await run('umount', ['--lazy', data])
    }
  })
})

describe('a disk that cannot be written', () => {
  it('is noticed by a server that is idle, and so is its recovery', {
    skip: isLinux ? false : 'needs prlimit',
  }, async () => {
    const server = await startServerProcess({ HANDSET_DATA: await makeDirectory() }, { LOG_LEVEL: 'silent' })
    assert.deepEqual(await readiness(server.url), [200, 'ready'])
    await limitFileSize(server.pid, '1')
    await untilStatus(server.url, 'degraded')
    await limitFileSize(server.pid, 'unlimited')
    await untilStatus(server.url, 'ready')
    assert.equal(await server.stop(), 0)
  })
})

/** The server notices by itself whether it can write, without a client that writes. */
async function untilStatus(url: string, expected: string): Promise<void> {
  const end = Date.now() + 30_000
  while ((await readiness(url))[1] !== expected) assert.ok(Date.now() < end, `the server is ${expected}`)
}

/** Fills and frees a disk under load several times, and once kills the server while the disk is full. */
async function survive(t: { diagnostic(message: string): void }, disk: Disk): Promise<void> {
  const stored: ApiResponse['body'][] = []
  const figures = { rejected: 0, reads: 0, rows: 0 }
  let server = await startServerProcess({ HANDSET_DATA: disk.data }, { HANDSET_RATE_LIMIT: '0', LOG_LEVEL: 'silent' })
  const token = server.key as string
  let call = server.clientWith(token)
  stored.push((await create(call, newWrite())).body)

  for (let spell = 1; spell <= ROUNDS; spell++) {
    await disk.fill(server)
    const rejected = await writeUntilRejected(call, stored, figures)
    figures.rejected += rejected.length
    assert.deepEqual(await readiness(server.url), [200, 'degraded'])
    requireSame(await listDevices(call), stored)
    if (spell === ROUNDS) {
      await server.killIn(0)
      await disk.free(server)
      server = await startServerProcess({ HANDSET_DATA: disk.data }, { HANDSET_RATE_LIMIT: '0' })
      call = server.clientWith(token)
    } else {
      await disk.free(server)
      await untilStatus(server.url, 'ready')
    }
    await untilWritable(call, stored)
    assert.deepEqual(await readiness(server.url), [200, 'ready'])
    for (const write of rejected) {
      const answer = await create(call, write)
      assert.equal(answer.status, 201, 'a rejected write succeeds when it is repeated')
      assert.equal(answer.headers['idempotent-replayed'], undefined)
      stored.push(answer.body)
    }
    requireSame(await listDevices(call), stored)
    await requireHealthyStore({ HANDSET_DATA: disk.data })
    figures.rows += stored.length * 2
  }
  assert.equal(await server.stop(), 0)
  t.diagnostic(
    `${ROUNDS} rounds with a full disk: ${figures.rejected} writes returned 503, ${figures.reads} reads returned 200 meanwhile`,
  )
  t.diagnostic(`${stored.length} devices acknowledged, 0 lost, 0 rejected but stored; ${figures.rows} rows checked`)
}

/** Writes concurrently until enough writes are rejected, and returns those. Reads stored devices in between. */
async function writeUntilRejected(
  call: Client,
  stored: ApiResponse['body'][],
  figures: { reads: number },
): Promise<Write[]> {
  const rejected: Write[] = []
  let written = 0
  async function writer(): Promise<void> {
    while (rejected.length < REFUSALS) {
      assert.ok(written < MAX_WRITES, `the disk is not full after ${written} writes`)
      const write = newWrite()
      const answer = await create(call, write)
      if (answer.status === 201) {
        stored.push(answer.body)
        written += 1
        continue
      }
      assert.equal(answer.status, 503, JSON.stringify(answer.body))
      assert.equal(answer.body.type, 'serviceUnavailable')
      assert.match(answer.headers['retry-after'] ?? '', /^[1-9][0-9]*$/)
      rejected.push(write)
      const device = stored[rejected.length % stored.length]
      const read = await call('GET', `./devices/${device.id}`)
      assert.equal(read.status, 200, 'reads are served while the disk is full')
      assert.deepEqual(read.body, device)
      figures.reads += 1
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, writer))
  return rejected
}

async function readiness(url: string): Promise<[number, string]> {
  const response = await fetch(`${url}/health/ready`)
  const { status } = (await response.json()) as { status: string }
  return [response.status, status]
}

/** Repeats writes until they succeed again, which must be soon and without a restart. */
async function untilWritable(call: Client, stored: ApiResponse['body'][]): Promise<void> {
  const end = Date.now() + DEADLINE
  for (;;) {
    const answer = await create(call, newWrite())
    if (answer.status === 201) {
      stored.push(answer.body)
      return
    }
    assert.equal(answer.status, 503)
    assert.ok(Date.now() < end, 'writes succeed again once there is space')
  }
}

function newWrite(): Write {
  return { imei: makeImei(), key: randomUUID() }
}

function create(call: Client, { imei, key }: Write): Promise<ApiResponse> {
  const metadata = { filler: 'x'.repeat(255) }
  return call('POST', './devices', { body: { imei, metadata }, headers: { 'idempotency-key': key } })
}

async function listDevices(call: Client): Promise<ApiResponse['body'][]> {
  const items: ApiResponse['body'][] = []
  let after = ''
  do {
    const { status, body } = await call('GET', `./devices?limit=200${after && `&after=${after}`}`)
    assert.equal(status, 200)
    items.push(...body.items)
    after = body.moreItemsAfter
  } while (after !== null)
  return items
}

function requireSame(found: ApiResponse['body'][], stored: readonly ApiResponse['body'][]): void {
  const newestFirst = stored.toSorted((a, b) => (a.id < b.id ? 1 : -1))
  assert.deepEqual(found, newestFirst)
}

/** Sets the soft limit on the size of files (RLIMIT_FSIZE), above which the running process cannot write. */
async function limitFileSize(pid: number, bytes: string): Promise<void> {
  await run('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`])
}

/** The number of bytes that can still be written to a directory. */
async function spaceIn(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize
}
