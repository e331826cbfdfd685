import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { WebhookVerificationError, webhooks } from '../../sdk/src/handset.ts'
import { newSecret } from '../../src/events/webhooks/secret.ts'
import { signedHeaders } from '../../src/events/webhooks/sign.ts'

const BODY = '{"object":"event","id":"evt_1","data":{"name":"Zoë’s phone 📱"}}'

const current = newSecret()
const previous = newSecret()

function sign(secrets: string[], at = Date.now()) {
  return signedHeaders({ id: 'evt_1', body: BODY, secrets, at })
}

const VERIFIERS: Record<string, (headers: Record<string, string>, secret: string) => unknown> = {
  standardwebhooks: (headers, secret) => new StandardWebhook(secret).verify(BODY, headers),
  svix(headers, secret) {
    new SvixWebhook(secret).verify(BODY, headers) // `verify` of Svix returns nothing.
    return JSON.parse(BODY)
  },
  'the SDK': (headers, secret) => webhooks.verify(BODY, headers, secret),
}

describe('signatures of webhooks', () => {
  for (const [name, verify] of Object.entries(VERIFIERS)) {
    it(`${name} accepts a request, and during a rotation with either secret`, async () => {
      assert.deepEqual(await verify(sign([current]), current), JSON.parse(BODY))
      for (const secret of [current, previous]) {
        assert.deepEqual(await verify(sign([current, previous]), secret), JSON.parse(BODY))
      }
    })

    it(`${name} accepts the headers of the hosted API alone`, async () => {
      const svix = Object.fromEntries(Object.entries(sign([current])).filter(([header]) => header.startsWith('svix-')))
      if (name === 'standardwebhooks') return // This library reads the standard names only.
      assert.deepEqual(await verify(svix, current), JSON.parse(BODY))
    })

    it(`${name} rejects another secret, another body and another time`, async () => {
      const headers = sign([current])
      await assert.rejects(async () => verify(headers, newSecret()))
      await assert.rejects(async () => verify({ ...headers, 'webhook-id': 'evt_2', 'svix-id': 'evt_2' }, current))
      for (const minutes of [-6, 6]) {
        await assert.rejects(async () => verify(sign([current], Date.now() + minutes * 60_000), current))
      }
    })
  }

  it('the SDK accepts bytes, and headers as Fetch and Node have them', async () => {
    const headers = sign([current])
    const bytes = new TextEncoder().encode(BODY)
    assert.deepEqual(await webhooks.verify(bytes, new Headers(headers), current), JSON.parse(BODY))
    assert.deepEqual(
      await webhooks.verify(bytes.buffer, { ...headers, host: ['a'] }, [previous, current]),
      JSON.parse(BODY),
    )
    const upper = Object.fromEntries(Object.entries(headers).map(([header, value]) => [header.toUpperCase(), value]))
    assert.deepEqual(await webhooks.verify(BODY, upper, current), JSON.parse(BODY))
  })

  it('the SDK says what is wrong with a request', async () => {
    await assert.rejects(
      webhooks.verify(BODY, {}, current),
      new WebhookVerificationError('The request has no header webhook-id'),
    )
    const headers = { ...sign([current]), 'webhook-signature': 'v2,AAAA v1,%%%' }
    await assert.rejects(webhooks.verify(BODY, headers, current), /No signature of the request matches the secret/)
    await assert.rejects(webhooks.verify(BODY, { ...headers, 'webhook-timestamp': 'now' }, current), /not a number/)
    await assert.rejects(webhooks.verify(BODY, headers, 'whsec_%'), TypeError)
  })
})
