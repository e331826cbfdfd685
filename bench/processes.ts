import { type ChildProcess, execFileSync, fork, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

const START_DEADLINE = 120_000

/** Command words that pin a command to one core; empty if the machine has no `taskset`. */
export function pinTo(core: number): string[] {
  try {
    execFileSync('taskset', ['-c', String(core), 'true'], { stdio: 'ignore' })
    return ['taskset', '-c', String(core)]
  } catch {
    return []
  }
}

const running = new Set<ChildProcess>()

/** Ends all started processes. */
export async function endAll(): Promise<void> {
  for (const child of running) await end(child)
}

export async function end(child: ChildProcess): Promise<void> {
  running.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

/** Starts a pinned program that ends with this process. */
export function start(
  pin: readonly string[],
  words: readonly string[],
  environment: Record<string, string>,
  stdio: StdioOptions,
): ChildProcess {
  const [program, ...rest] = [...pin, ...words] as [string, ...string[]]
  const child = spawn(program, rest, { env: { ...process.env, ...environment }, stdio })
  running.add(child)
  return child
}

/** Starts a pinned module that communicates over a channel, and waits for its first message. */
export async function startModule(
  pin: readonly string[],
  file: string,
  words: readonly string[],
): Promise<{ child: ChildProcess; first: unknown }> {
  const [program = process.execPath, ...rest] = [...pin, process.execPath]
  const child = fork(file, words, { execPath: program, execArgv: rest })
  running.add(child)
  return { child, first: await nextMessage(child) }
}

/** The next message of a module. Throws if the module exits without one. */
export async function nextMessage(child: ChildProcess): Promise<unknown> {
  const ending = new AbortController()
  const ended = once(child, 'exit', { signal: ending.signal }).then(([code]) => {
    throw new Error(`A process of the benchmark exited with ${code}`)
  })
  const message = once(child, 'message', { signal: ending.signal })
  try {
    const [value] = await Promise.race([message, ended])
    return value
  } finally {
    ended.catch(() => {})
    message.catch(() => {})
    ending.abort()
  }
}

/** Waits until a loopback port responds over HTTP. */
export async function untilResponding(port: number, path: string): Promise<void> {
  for (const deadline = Date.now() + START_DEADLINE; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    try {
      await (await fetch(`http://127.0.0.1:${port}${path}`)).arrayBuffer()
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

/** The CPU time of a process and its children so far, in microseconds (proc_pid_stat(5)); 0 without /proc. */
export function cpuOf(pid: number): number {
  return family(pid).reduce((sum, member) => sum + ownCpu(member), 0)
}

/** The memory of a process and its children, in MB. */
export function memoryOf(pid: number): number {
  return sumOf(pid, 'VmRSS')
}

/** The same, without the pages of mapped files, which the operating system takes back when it needs memory. */
export function ownMemoryOf(pid: number): number {
  return sumOf(pid, 'RssAnon')
}

function sumOf(pid: number, field: string): number {
  const pattern = new RegExp(`${field}:\\s+(\\d+)`)
  const kilobytes = family(pid).map((member) => Number(pattern.exec(read(`/proc/${member}/status`))?.[1] ?? 0))
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024
}

/** Clock ticks per second: 100 on every Linux (time(7)). */
const TICK = 10_000

function ownCpu(pid: number): number {
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK
}

function family(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number)
  return [pid, ...children.flatMap(family)]
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
