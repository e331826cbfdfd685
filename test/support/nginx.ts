import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

export const hasNginx = spawnSync('nginx', ['-v']).status === 0

/** Starts an nginx with the content of its `http` block, and waits until it listens on the port. */
export async function startNginx(http: string, port: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'handset-nginx-'))
  const config = join(directory, 'nginx.conf')
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  await writeFile(
    config,
    `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
master_process off;
pid ${directory}/pid;
error_log stderr warn;
events {}
http {
  access_log off;
${folders.map((name) => `  ${name}_temp_path ${directory}/${name};`).join('\n')}
${http}
}
`,
  )
  const child = spawn('nginx', ['-p', directory, '-c', config, '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.on('data', (chunk) => {
    log += chunk
  })
  after(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null) await once(child, 'exit')
    await rm(directory, { recursive: true, force: true })
  })
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`nginx did not start:\n${log}`)
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
