import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { noBrowser, startConsole } from '../support/browser.ts'
import { LOCAL_WEBHOOKS } from '../support/server.ts'
import { addEndpoint } from '../support/webhook-endpoint.ts'

const console = await startConsole({ settings: { webhooks: LOCAL_WEBHOOKS } })
const { project } = console

const button = (page: Page, name: string) => page.getByRole('button', { name })
const notice = (page: Page, text: string) => page.locator('.notice').getByText(text)

describe('webhooks', { skip: noBrowser }, () => {
  it('are added with a secret that is shown once, switched off and on, and deleted', async () => {
    const page = await console.open('/webhooks')
    await page.getByText('There are no webhooks yet.').waitFor()
    await page.getByRole('button', { name: 'Add a webhook' }).click()
    await page.getByLabel('Address').fill('https://user:pass@example.com/')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('This is not a web address.').waitFor()
    await page.getByLabel('Address').fill('https://example.com/hook')
    await page.getByLabel('Devices').check()
    await page.keyboard.press('Enter')
    await page.getByText(/^whsec_/).waitFor()
    await page.getByRole('link', { name: 'https://example.com/hook' }).click()
    await page.getByRole('definition').getByText('Devices').waitFor()
    await page.getByRole('button', { name: 'Switch off' }).click()
    await page.getByText('Switched off', { exact: true }).waitFor()
    const stored = async () => (await project.call('GET', './webhookEndpoints')).body.items
    assert.equal((await stored())[0].status, 'disabled')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Working').waitFor()
    await page.getByRole('button', { name: 'Delete webhook' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('https://example.com/hook')
    await page.keyboard.press('Enter')
    await page.getByText('There are no webhooks yet.').waitFor()
    assert.deepEqual(await stored(), [])
  })

  it('show their health and attempts, and are tested, retried, replayed and rotated', async () => {
    const { project, receiver, path, change, call } = await addEndpoint(console, 'health')
    receiver.respond = 500
    await change()
    await console.deliver()
    const page = await console.open('/webhooks', { project })
    await page.getByText('Failing').waitFor()
    await page.getByRole('link', { name: receiver.url }).click()
    await page.locator('.deliveries').getByText('User added').waitFor()
    await page.getByText('1 attempt', { exact: true }).click()
    await page.getByText('the receiver responded with 500').waitFor()
    receiver.respond = 200
    await button(page, 'Send now').click()
    await notice(page, 'It is sent again.').waitFor()
    await page.locator('.pill').getByText('Waiting', { exact: true }).waitFor()
    await console.deliver()
    // Without loading the page again.
    await page.getByText('2 attempts', { exact: true }).waitFor()
    await page.locator('.pill').getByText('Delivered', { exact: true }).waitFor()
    await page.getByText('Working', { exact: true }).waitFor()
    await button(page, 'Send a test').click()
    await page.getByRole('status').getByText('the receiver responded with 200').waitFor()
    assert.equal(receiver.received.length, 3)
    await button(page, 'Send missed events').click()
    await notice(page, 'Nothing was missed.').waitFor()
    await call('PATCH', path, { body: { status: 'disabled' } })
    await change()
    await console.deliver()
    await call('PATCH', path, { body: { status: 'enabled' } })
    await button(page, 'Send missed events').click()
    await notice(page, '1 event is sent again.').waitFor()
    await button(page, 'New secret').click()
    await page.getByText(/^whsec_/).waitFor()
    await console.deliver()
    assert.equal(receiver.received.at(-1)?.headers['webhook-signature']?.toString().split(' ').length, 2)
  })

  it('are read by a viewer, without a button', async () => {
    const viewed = await console.addProject('viewed', 'test')
    await viewed.call('POST', './webhookEndpoints', { body: { url: 'https://example.com/seen' } })
    const { token } = (await viewed.call('POST', './apiKeys', { body: { name: 'look', role: 'viewer' } })).body
    const page = await console.open('/webhooks', { project: { ...viewed, token } })
    await page.getByRole('link', { name: 'https://example.com/seen' }).click()
    await page.getByText('All events').waitFor()
    const actions = page.getByRole('main').getByRole('button', { name: /test|secret|Switch|Delete|missed/ })
    assert.equal(await actions.count(), 0)
  })
})
