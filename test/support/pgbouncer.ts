import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { findFreePort } from './postgres.ts'

export const hasPgBouncer = spawnSync('pgbouncer', ['--version']).status === 0

/** Starts a PgBouncer with its own defaults in front of the server of a URL. Returns the URL through it. */
export async function startPgBouncer(url: string, poolMode: 'session' | 'transaction' | 'statement'): Promise<string> {
  const target = new URL(url)
  const port = await findFreePort()
  const directory = await mkdtemp(join(tmpdir(), 'handset-pgbouncer-'))
  const file = join(directory, 'pgbouncer.ini')
  const users = join(directory, 'users.txt')
  await writeFile(users, `"${target.username}" "${decodeURIComponent(target.password)}"\n`)
  await writeFile(
    file,
    `[databases]
* = host=${target.hostname} port=${target.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = ${poolMode}
`,
  )
  await chmod(directory, 0o755)
  // PgBouncer does not run as root.
  const ids = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' })))
  const user = process.getuid?.() === 0 ? { uid: ids[0] as number, gid: ids[1] as number } : {}
  const child = spawn('pgbouncer', [file], { ...user, stdio: ['ignore', 'ignore', 'pipe'] })
  after(async () => {
    child.kill('SIGKILL')
    await rm(directory, { recursive: true })
  })
  await upOf(child)
  target.port = String(port)
  return target.href
}

async function upOf({ stderr }: ChildProcess): Promise<void> {
  let log = ''
  for await (const [chunk] of chunksOf(stderr as NodeJS.ReadableStream)) {
    log += chunk
    if (log.includes('process up')) return
  }
  throw new Error(`PgBouncer did not start:\n${log}`)
}

async function* chunksOf(stream: NodeJS.ReadableStream): AsyncGenerator<unknown[]> {
  for (;;)
    yield await Promise.race([once(stream, 'data'), once(stream, 'end').then(() => Promise.reject(new Error('ended')))])
}
