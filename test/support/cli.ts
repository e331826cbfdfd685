import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** Compiled modules are kept from run to run: most of a short command's time goes into them. */
export const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/handset-tests', import.meta.url))

/** Settings of the machine that runs the tests must not reach the command. */
const SETTINGS = ['PORT', 'HOST', 'HANDSET_DATA', 'HANDSET_DEMO', 'LOG_LEVEL', 'DATABASE_URL', 'HANDSET_WORKERS']

/** Where and with what a command runs. */
export interface Surroundings {
  /** The working directory, in which `./data` is the store. */
  cwd: string
  env?: Record<string, string>
  /** Its standard input. */
  input?: string | Buffer
}

/** A command that has ended. */
export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** A command that goes on, such as `serve`. */
export interface Running {
  /** Waits for standard output to hold this; fails when the command ends without it. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  stdout(): string
  /** The same of standard error. */
  logged(pattern: RegExp): Promise<RegExpExecArray>
  /** Writes to its standard input. */
  write(text: string): void
  /** Ends its standard input. */
  end(): void
  /** Reads no more of what it prints. */
  hangUp(): void
  signal(name: NodeJS.Signals): void
  ended: Promise<Ended>
}

/** Starts the real CLI as a process of its own, ended after the test or file that starts it. */
export function startHandset(words: readonly string[], { cwd, env = {}, input }: Surroundings): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !SETTINGS.includes(name))
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
  // A command may end before it has read all of its input.
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

/** Runs the real CLI to its end. */
export function runHandset(words: readonly string[], surroundings: Surroundings): Promise<Ended> {
  return startHandset(words, { input: '', ...surroundings }).ended
}

/** Runs a command that must succeed with `--json`, and gives what it printed. */
// biome-ignore lint/suspicious/noExplicitAny: a test asserts the parts of the output that it is about
export async function runForJson(words: readonly string[], surroundings: Surroundings): Promise<any> {
  const { code, stdout, stderr } = await runHandset([...words, '--json'], surroundings)
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

/** A failure as a person wants to read it: one line, and nothing of the program's inside. */
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
      throw new Error(`ended without printing ${pattern}:\n${output.stdout}\n${output.stderr}`)
    }
    const heard = new AbortController()
    const { signal } = heard
    const events = [once(child[stream] as NodeJS.ReadableStream, 'data', { signal }), once(child, 'exit', { signal })]
    await Promise.race(events).finally(() => heard.abort())
  }
}
