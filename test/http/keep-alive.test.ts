import assert from 'node:assert/strict'
import { it } from 'node:test'
import { startServer } from '../support/server.ts'

const server = await startServer({ settings: { keepAlive: 620 } })

it('keeps idle connections open as long as HANDSET_KEEP_ALIVE says', async () => {
  const response = await fetch(`${server.url}/health/live`)
  assert.equal(response.headers.get('keep-alive'), 'timeout=620')
})
