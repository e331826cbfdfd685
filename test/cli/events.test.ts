import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, describe, it } from 'node:test'
import { webhooks } from '../../sdk/src/webhooks.ts'
import { runForJson, runHandset, startHandset } from '../support/cli.ts'
import { makeDirectory } from '../support/directory.ts'

const here = { cwd: await makeDirectory() }
await runForJson(['projects', 'create', 'acme', '--type', 'test'], here)
const key = await runForJson(['keys', 'create', '--project', 'acme', '--name', 'backend'], here)

describe('handset events', () => {
  it('list shows what the command line changed, with the actor system', async () => {
    const events = await runForJson(['events', 'list', '--project', 'acme'], here)
    assert.deepEqual(
      events.map(({ type, actor, data }: { type: string; actor: object; data: { id: string } }) => [
        type,
        actor,
        data.id,
      ]),
      [['com.gigs.apiKey.created', { type: 'system' }, key.id]],
    )
    const { stdout } = await runHandset(['events', 'list', '--project', 'acme', '--object', key.id], here)
    assert.match(stdout, new RegExp(`com\\.gigs\\.apiKey\\.created +${key.id} +system +${events[0].id}`))
    assert.deepEqual(await runForJson(['events', 'list', '--project', 'acme', '--type', 'com.gigs.sim.*'], here), [])
  })

  it('show prints one event', async () => {
    const [event] = await runForJson(['events', 'list', '--project', 'acme'], here)
    assert.deepEqual(await runForJson(['events', 'show', event.id, '--project', 'acme'], here), event)
  })

  it('rejects an unknown type, and suggests the one that was probably meant', async () => {
    const { code, stderr } = await runHandset(
      ['events', 'list', '--project', 'acme', '--type', 'com.gigs.sims.*'],
      here,
    )
    assert.equal(code, 2)
    assert.match(stderr, /Did you mean com\.gigs\.sim\.\*/)
  })

  it('tail prints events as they happen, and forwards them signed', async () => {
    const { promise: received, resolve } = Promise.withResolvers<{ body: string; headers: Record<string, string> }>()
    const receiver = createServer((request, response) => {
      let body = ''
      request.on('data', (piece) => {
        body += piece
      })
      request.on('end', () => {
        response.end()
        resolve({ body, headers: request.headers as Record<string, string> })
      })
    })
    after(() => receiver.close())
    await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening))
    const { port } = receiver.address() as { port: number }
    const words = ['events', 'tail', '--project', 'acme', '--since', '2026-01-01T00:00:00Z']
    const tail = startHandset([...words, '--forward-to', `http://127.0.0.1:${port}/`], here)
    await tail.printed(/com\.gigs\.apiKey\.created .* 200/)
    const [, secret = ''] = await tail.logged(/secret (whsec_\S+)/)
    const { body, headers } = await received
    const event = (await webhooks.verify(body, headers, secret)) as { id: string }
    assert.equal(headers['webhook-id'], event.id)
    const second = await runForJson(['keys', 'create', '--project', 'acme', '--name', 'second'], here)
    await tail.printed(new RegExp(second.id))
    tail.signal('SIGINT')
    assert.equal((await tail.ended).code, 0)
  })
})
