import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { MAIN } from './build.ts'

/** Keeps compiled modules between runs, since compiling takes most of a short command's time. */
export const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/handset-tests', import.meta.url))

/** Keeps the settings of the test machine from reaching the command. */
const SETTING = /^(?:PORT|HOST|LOG_LEVEL|DATABASE_URL|HANDSET_.*|npm_execpath)$/

/** The environment in which a command runs. */
export interface Surroundings {
  /** The working directory; the store is in its `./data`. */
  cwd: string
  env?: Record<string, string>
  /** Its standard input. */
  input?: string | Buffer
}

/** A command that has exited. */
export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** A command that keeps running, such as `serve`. */
export interface Running {
  /** Waits until standard output matches, and fails if the command exits first. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  stdout(): string
  /** The same for standard error. */
  logged(pattern: RegExp): Promise<RegExpExecArray>
  /** Writes to its standard input. */
  write(text: string): void
  /** Ends its standard input. */
  end(): void
  /** Closes the reading end of its output. */
  hangUp(): void
  signal(name: NodeJS.Signals): void
  ended: Promise<Ended>
}

/** Starts the real CLI as a child process, which ends with the test or file that starts it. */
export function startHandset(words: readonly string[], { cwd, env = {}, input }: Surroundings): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !SETTING.test(name))
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd,
    env: { ...Object.fromEntries(inherited), HANDSET_WORKERS: '1', NODE_COMPILE_CACHE: COMPILED, ...env },
  })
  after(() => child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  // A command may exit before it has read all of its input.
  child.stdin.on('error', () => {})
  if (input !== undefined) child.stdin.end(input)
  return {
    printed: (pattern) => waitFor(child, 'stdout', pattern, output),
    logged: (pattern) => waitFor(child, 'stderr', pattern, output),
    stdout: () => output.stdout,
    write: (text) => child.stdin.write(text),
    end: () => child.stdin.end(),
    hangUp: () => child.stdout.destroy(),
    signal: (name) => child.kill(name),
    ended: once(child, 'close').then(([code]) => ({ code, ...output })),
  }
}

/** Runs the real CLI until it exits. */
export function runHandset(words: readonly string[], surroundings: Surroundings): Promise<Ended> {
  return startHandset(words, { input: '', ...surroundings }).ended
}

/** Runs a command with `--json` that must succeed, and returns its output. */
// biome-ignore lint/suspicious/noExplicitAny: each test asserts the parts of the output that it is about
export async function runForJson(words: readonly string[], surroundings: Surroundings): Promise<any> {
  const { code, stdout, stderr } = await runHandset([...words, '--json'], surroundings)
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

/** Asserts a readable failure: one line, and no internals such as a stack trace. */
export function assertOneLine({ stderr }: Ended, pattern: RegExp): void {
  assert.match(stderr, pattern)
  assert.match(stderr, /^handset: [^\n]+\n$/)
  assert.doesNotMatch(stderr, /\bat .+:\d+:\d+|Error:/)
}

async function waitFor(
  child: ChildProcess,
  stream: 'stdout' | 'stderr',
  pattern: RegExp,
  output: { stdout: string; stderr: string },
) {
  for (;;) {
    const found = pattern.exec(output[stream])
    if (found) return found
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`exited without printing ${pattern}:\n${output.stdout}\n${output.stderr}`)
    }
    const heard = new AbortController()
    const { signal } = heard
    const events = [once(child[stream] as NodeJS.ReadableStream, 'data', { signal }), once(child, 'exit', { signal })]
    await Promise.race(events).finally(() => heard.abort())
  }
}
