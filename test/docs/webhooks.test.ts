import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { newSecret } from '../../src/events/webhooks/secret.ts'
import { signedHeaders } from '../../src/events/webhooks/sign.ts'
import { makeDirectory } from '../support/directory.ts'
import { startServer } from '../support/server.ts'

const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8')
const SDK = new URL('../../sdk/src/handset.ts', import.meta.url).href

/** The blocks of the page in a language. */
function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text)
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

/** Runs a receiver of the page, and returns its responses: to a genuine request, to a changed one, to an old one. */
async function statusesOf(command: string, file: string, source: string): Promise<number[]> {
  const path = join(await makeDirectory(), file)
  await writeFile(path, source)
  const port = await freePort()
  const secret = newSecret()
  const env = { ...process.env, PORT: String(port), WEBHOOK_SECRET: secret }
  const receiver = spawn(command, [path], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  after(() => receiver.kill())
  const body = '{"type":"com.gigs.device.created","data":{"name":"Zoë’s phone 📱"}}'
  const send = async (at: number, sent = body) => {
    const headers = {
      'content-type': 'application/json',
      ...signedHeaders({ id: 'evt_1', body, secrets: [newSecret(), secret], at }),
    }
    for (;;) {
      try {
        return (await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers, body: sent })).status
      } catch (error) {
        // It is not listening yet.
        if ((error as { cause?: { code?: string } }).cause?.code !== 'ECONNREFUSED') throw error
      }
    }
  }
  const now = Date.now()
  return [await send(now), await send(now, body.replace('created', 'deleted')), await send(now - 600_000)]
}

describe('docs/webhooks.md', () => {
  it('verifies requests in TypeScript', async () => {
    const [source = ''] = blocks('ts')
    const receiver = source.replace("'@handset/sdk'", JSON.stringify(SDK))
    assert.notEqual(receiver, source)
    assert.deepEqual(await statusesOf(process.execPath, 'receiver.ts', receiver), [204, 400, 400])
  })

  const hasPython = spawnSync('python3', ['--version']).status === 0
  it('verifies requests in Python', { skip: hasPython ? false : 'there is no python3' }, async () => {
    const [source = ''] = blocks('python')
    assert.deepEqual(await statusesOf('python3', 'receiver.py', source), [204, 400, 400])
  })

  it('has commands that work', async () => {
    const commands = blocks('sh').join('\n').replaceAll('curl ', 'curl --fail-with-body -sS ')
    const environment = { ...process.env, API: server.url, KEY: token }
    const shell = spawn('bash', ['-e', '-c', commands], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    shell.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    assert.deepEqual(await once(shell, 'close'), [0, null], output)
    assert.match(output, /"secret":"whsec_/)
    assert.match(output, /"object":"webhookReplay"/)
  })
})

const server = await startServer()
const { token } = await server.addProject('demo', 'test')
