import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { noBrowser, startConsole } from '../support/browser.ts'
import { createDevice, makeImei } from '../support/factories.ts'

const console = await startConsole()

describe('the overview', { skip: noBrowser }, () => {
  it('shows what the catalogue knows, and the unknown TACs with a link and what to do', async () => {
    const project = await console.addProject('coverage', 'test')
    await createDevice(project, { imei: makeImei('49238884') })
    await createDevice(project, { imei: makeImei('93939393') })
    const page = await console.open('/overview', { project })
    const known = page.getByRole('region', { name: 'What the catalogue knows' })
    await known.getByText('Brand, 50 %').first().waitFor()
    const unknown = page.getByRole('region', { name: 'Most common unknown TACs' })
    const link = unknown.getByRole('link', { name: '93939393' }).first()
    assert.match((await link.getAttribute('href')) ?? '', /\/devices\?tac=93939393$/)
    await page.getByText('catalogue import osmocom').waitFor()
  })
})
