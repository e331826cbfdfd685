import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Target } from './steady-load.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/**
 * Starts a server with one process on a new SQLite store, unless the settings name another. Both are gone when the
 * caller's block ends.
 */
export async function startFreshServer(settings: Record<string, string>): Promise<Target & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'handset-bench-'))
  const server = await startServerOn(directory, settings)
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Starts a server with one process on a directory, and stops it when the caller's block ends. */
export async function startServerOn(
  directory: string,
  settings: Record<string, string>,
): Promise<Target & AsyncDisposable> {
  const place = settings.DATABASE_URL === undefined ? ['--data', directory] : []
  const server = spawn(process.execPath, [MAIN, 'serve', '--port', '0', '--json', ...place], {
    env: { ...process.env, HANDSET_WORKERS: '1', LOG_LEVEL: 'error', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { address, key } = JSON.parse(String((await once(server.stdout, 'data'))[0]))
  return {
    ...{ address, key, pid: server.pid as number },
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM')
      await once(server, 'exit')
    },
  }
}
