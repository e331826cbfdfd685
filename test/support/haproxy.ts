import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

export const hasHaproxy = spawnSync('haproxy', ['-v']).status === 0

/**
 * Starts an HAProxy that forwards HTTP from one loopback port to others. With several, it checks five times a second
 * which of them are ready.
 */
export async function startHaproxy(port: number, ...upstreamPorts: number[]): Promise<void> {
  const checks = upstreamPorts.length > 1 ? 'check inter 200ms fall 1 rise 1' : ''
  const servers = upstreamPorts.map((upstream) => `  server s${upstream} 127.0.0.1:${upstream} ${checks}`)
  const directory = await mkdtemp(join(tmpdir(), 'handset-haproxy-'))
  const file = join(directory, 'haproxy.cfg')
  await writeFile(
    file,
    `defaults
  mode http
  timeout connect 5s
  timeout client 50s
  timeout server 50s
  timeout check 5s
listen handset
  bind 127.0.0.1:${port}
  option httpchk GET /health/ready
${servers.join('\n')}
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
