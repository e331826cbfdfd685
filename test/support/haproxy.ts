import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

export const hasHaproxy = spawnSync('haproxy', ['-v']).status === 0

/** Starts an HAProxy that forwards HTTP from one loopback port to another. */
export async function startHaproxy(port: number, upstreamPort: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'handset-haproxy-'))
  const file = join(directory, 'haproxy.cfg')
  await writeFile(
    file,
    `defaults
  mode http
  timeout connect 5s
  timeout client 50s
  timeout server 50s
listen handset
  bind 127.0.0.1:${port}
  server handset 127.0.0.1:${upstreamPort}
`,
  )
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.on('data', (chunk) => {
    log += chunk
  })
  after(async () => {
    child.kill('SIGKILL')
    await rm(directory, { recursive: true, force: true })
  })
  const url = `http://127.0.0.1:${port}/health/live`
  while (
    !(await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`HAProxy did not start:\n${log}`)
  }
}
