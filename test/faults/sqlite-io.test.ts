import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { makeDirectory } from '../support/directory.ts'
import { makeEmail, makeIccid, makeImei } from '../support/factories.ts'
import { scale } from '../support/fault-scale.ts'
import type { ApiResponse, Client } from '../support/server.ts'
import { requireHealthyStore, type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { openStore } from '../support/store.ts'

const SHIM = fileURLToPath(new URL('./io-faults.c', import.meta.url))

/** errno(3) on Linux. */
const EIO = 5
const ENOSPC = 28

/** A call that fails: the one with this number among those of its kind, from the start of the workload. */
interface Fault {
  call: 'write' | 'torn' | 'sync'
  file: '.db' | '.db-wal'
  error: number
  at: number
}

/**
 * How often the workload runs, at most, until the fault occurs. Only about every fifth run writes to the store's own
 * file.
 */
const MOST_ROUNDS = { '.db': 40, '.db-wal': 1 }

const WRITES = scale([1, 3, 20, 100], range(1, 200))
const SYNCS = scale([1, 2, 5], range(1, 12))
const CHECKPOINT_WRITES = scale([1, 5], range(1, 40))

const FAULTS: readonly Fault[] = [
  ...WRITES.flatMap((at): Fault[] => [
    { call: 'write', file: '.db-wal', error: EIO, at },
    { call: 'write', file: '.db-wal', error: ENOSPC, at },
    { call: 'torn', file: '.db-wal', error: EIO, at },
  ]),
  ...SYNCS.map((at): Fault => ({ call: 'sync', file: '.db-wal', error: EIO, at })),
  ...CHECKPOINT_WRITES.flatMap((at): Fault[] => [
    { call: 'write', file: '.db', error: EIO, at },
    { call: 'torn', file: '.db', error: ENOSPC, at },
  ]),
  ...scale([1], range(1, 2)).map((at): Fault => ({ call: 'sync', file: '.db', error: EIO, at })),
]

/** How long a line may take to arrive, in milliseconds. */
const LOG_DEADLINE = 10_000

/** Devices that are created at the same time, and share commits. */
const TOGETHER = 8

/** A change whose response says that it was not stored. */
interface Rejected {
  requestId: string
  repeat(): Promise<ApiResponse>
}

/** The devices that the store must have according to the responses, by id. */
type Acknowledged = Map<string, { name: string; events: number }>

describe('a disk that fails at one write or sync', () => {
  it('causes 503 and a line in the log, and loses no acknowledged change', {
    skip: reasonToSkip(),
    timeout: 3_600_000,
  }, async (t) => {
    const [data, tools] = [await makeDirectory(), await makeDirectory()]
    const library = join(tools, 'io-faults.so')
    await promisify(execFile)('cc', ['-shared', '-fPIC', '-O1', '-o', library, SHIM, '-ldl'])
    const control = join(tools, 'fault')
    const server = await startServerProcess(
      { HANDSET_DATA: data },
      { HANDSET_RATE_LIMIT: '0', LD_PRELOAD: library, IO_FAULT: control },
    )
    const call = server.clientWith(server.key as string)
    const acknowledged: Acknowledged = new Map()
    const figures = { faults: 0, commits: 0, checkpoints: 0, rejected: 0 }

    for (const fault of FAULTS) {
      writeFileSync(control, `${fault.call} ${fault.file} ${fault.error} ${fault.at}`)
      const rejected: Rejected[] = []
      for (let round = 0; round < MOST_ROUNDS[fault.file] && existsSync(control); round++) {
        rejected.push(...(await runWorkload(call, acknowledged)))
      }
      if (existsSync(control)) continue
      figures.faults += 1
      figures.rejected += rejected.length
      if (rejected.length > 0) figures.commits += 1
      else figures.checkpoints += 1
      const name = `${fault.call} ${fault.at} of ${fault.file}, errno ${fault.error}`
      if (rejected.length > 0) await untilLogged(server, rejected, name)
      await requireInCopy(data, acknowledged, name)
      for (const { repeat } of rejected)
        assert.ok((await repeat()).status < 300, `after ${name}, the change can be repeated`)
    }
    assert.ok(figures.commits > 0 && figures.checkpoints > 0, 'commits and checkpoints have failed')
    assert.equal(await server.stop(), 0)
    await requireHealthyStore({ HANDSET_DATA: data })
    await requireInCopy(data, acknowledged, 'all faults')
    t.diagnostic(
      `${figures.faults} faults: ${figures.commits} in a commit (${figures.rejected} changes returned 503), ` +
        `${figures.checkpoints} in a checkpoint; ${acknowledged.size} devices acknowledged, 0 lost`,
    )
  })
})

/** Makes the same changes each time. Adds what is acknowledged, and returns what was rejected, to be repeated. */
async function runWorkload(call: Client, acknowledged: Acknowledged): Promise<Rejected[]> {
  const rejected: Rejected[] = []
  async function change(method: string, path: string, body: object): Promise<ApiResponse['body']> {
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const send = async () => {
      const response = await call(method, path, { body, headers: method === 'PATCH' ? {} : headers })
      if (response.status === 503) return response
      assert.ok(response.status < 300, JSON.stringify(response.body))
      const { object, id, name } = response.body
      const events = (acknowledged.get(id)?.events ?? 0) + 1
      if (object === 'device') acknowledged.set(id, { name, events })
      return response
    }
    const response = await send()
    if (response.status < 300) return response.body
    assert.equal(response.body.type, 'serviceUnavailable')
    rejected.push({ requestId: response.headers['x-request-id'] as string, repeat: send })
  }

  const metadata = Object.fromEntries(range(1, 10).map((key) => [`key ${key}`, 'x'.repeat(255)]))
  const user = await change('POST', './users', { email: makeEmail(), fullName: 'Anna Fault' })
  const sim = await change('POST', './sims', { iccid: makeIccid() })
  const references = { ...(user && { user: user.id }), ...(sim && { sims: [sim.id] }) }
  const device = await change('POST', './devices', { imei: makeImei(), name: 'first', metadata, ...references })
  if (device !== undefined) await change('PATCH', `./devices/${device.id}`, { name: 'second' })
  await Promise.all(
    range(1, TOGETHER).map(() => change('POST', './devices', { imei: makeImei(), name: 'together', metadata })),
  )
  return rejected
}

/** Requires every acknowledged device in a copy of the files, which is what a crash at this moment would leave. */
async function requireInCopy(data: string, acknowledged: Acknowledged, after: string): Promise<void> {
  const copy = await makeDirectory()
  for (const name of ['handset.db', 'handset.db-wal']) {
    if (existsSync(join(data, name))) copyFileSync(join(data, name), join(copy, name))
  }
  const db = openStore({ HANDSET_DATA: copy })
  try {
    assert.deepEqual(await db.all('PRAGMA integrity_check'), [{ integrity_check: 'ok' }], after)
    const rows = await db.all<{ id: string; name: string; events: number }>(
      `SELECT d.id, d.name, (SELECT COUNT(*) FROM events e WHERE e.project_id = d.project_id AND e.object_id = d.id) AS events
        FROM devices d`,
    )
    const found = new Map(rows.map(({ id, name, events }) => [id, { name, events }]))
    for (const [id, device] of acknowledged) assert.deepEqual(found.get(id), device, `${id} after ${after}`)
  } finally {
    await db.close()
  }
}

/** Resolves once the log, which arrives through a pipe, says which request failed and why. */
async function untilLogged({ errors }: ServerProcess, rejected: readonly Rejected[], after: string): Promise<void> {
  const isReport = (line: string) =>
    /disk I\/O error|disk is full/.test(line) && rejected.some(({ requestId }) => line.includes(requestId))
  for (const deadline = performance.now() + LOG_DEADLINE; !errors().split('\n').some(isReport); ) {
    assert.ok(performance.now() < deadline, `${after} is logged`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, place) => first + place)
}

function reasonToSkip(): string | false {
  if (process.platform !== 'linux') return 'needs LD_PRELOAD'
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' })
    return false
  } catch {
    return 'needs a C compiler'
  }
}
