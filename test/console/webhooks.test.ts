import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { noBrowser, startConsole } from '../support/browser.ts'

const console = await startConsole()
const { project } = console

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
