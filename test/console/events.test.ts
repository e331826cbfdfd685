import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { go, noBrowser, startConsole } from '../support/browser.ts'
import { createDevice, createSim, createUser } from '../support/factories.ts'

const console = await startConsole()
const { project } = console

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const history = (page: Page) => page.getByRole('region', { name: 'History' })

describe('the history of an object', { skip: noBrowser }, () => {
  it('shows the old and new value of each change, and which key made it', async () => {
    const [before, after] = [
      await createUser(project, { fullName: 'Ada' }),
      await createUser(project, { fullName: 'Bo' }),
    ]
    const sim = await createSim(project)
    const device = await createDevice(project, { name: 'First', user: before.id, metadata: { shop: 'Bonn' } })
    await project.call('PATCH', `./devices/${device.id}`, {
      body: { name: 'Second', user: after.id, sims: [sim.id], metadata: { shop: 'Berlin' } },
    })
    const page = await console.open(`/devices/${device.id}`)
    await page.getByRole('link', { name: 'History', exact: true }).press('Enter')
    const changed = history(page).getByRole('listitem').filter({ hasText: 'Device changed' })
    const words = ((await changed.first().textContent()) ?? '').replace(/\s+/g, ' ')
    for (const change of ['Name: First →became Second', 'User: Ada →became Bo', `SIMs: none →became ${sim.iccid}`]) {
      assert.ok(words.includes(change), `${change} in ${words}`)
    }
    assert.ok(words.includes('shop: Bonn →became Berlin'), words)
    assert.ok(words.includes('by the key “test”'), words)
    await history(page).getByText('Device added').waitFor()
  })

  it('of a user includes their devices', async () => {
    const user = await createUser(project, { fullName: 'Cy Young' })
    await createDevice(project, { name: 'Of Cy', user: user.id })
    const page = await console.open(`/users/${user.id}?tab=history`)
    await history(page).getByRole('link', { name: 'Of Cy' }).waitFor()
    await history(page).getByText('User added').waitFor()
    await page.getByRole('link', { name: 'Details', exact: true }).click()
    await page.getByRole('region', { name: 'Profile' }).waitFor()
    await page.goBack()
    await history(page).getByText('User added').waitFor()
  })

  it('of a SIM shows its changes of status', async () => {
    const sim = await createSim(project, { status: 'active' })
    await project.call('PATCH', `./sims/${sim.id}`, { body: { status: 'retired' } })
    const page = await console.open(`/sims/${sim.id}?tab=history`)
    await history(page).getByText('SIM retired').waitFor()
    await history(page)
      .getByRole('listitem')
      .filter({ hasText: /Status: Active\s*→\s*became\s*Retired/ })
      .first()
      .waitFor()
  })
})

describe('the events', { skip: noBrowser }, () => {
  it('show an administrator, and nobody else, the id of the request, and numbers in groups', async () => {
    const shop = await console.addProject('requests', 'test')
    const { iccid } = await createSim(shop)
    const { token } = (await shop.call('POST', './apiKeys', { body: { name: 'desk', role: 'editor' } })).body
    const page = await console.open('/events', { project: shop })
    const added = page.locator('.event', { hasText: 'SIM added' })
    await added.getByText(/^Request /).waitFor()
    assert.deepEqual(await added.locator('.digits > span').allTextContents(), iccid.match(/.{1,4}/g))
    const desk = await console.open('/events', { project: { ...shop, token } })
    await desk.locator('.event', { hasText: 'SIM added' }).waitFor()
    assert.equal(await desk.getByText(/^Request /).count(), 0)
  })

  it('are those of today or of yesterday with one key', async () => {
    const shop = await console.addProject('days', 'test')
    await createDevice(shop, { name: 'Registered today' })
    const page = await console.open('/events', { project: shop })
    await page.getByRole('button', { name: 'Today' }).press('Enter')
    await page.waitForURL(/createdAfter=.*createdBefore=/)
    await page.getByRole('link', { name: 'Registered today' }).waitFor()
    await page.getByRole('button', { name: 'Yesterday' }).press('Enter')
    await page.getByText('Nothing is recorded.').waitFor()
    const [from, before] = [await page.getByLabel('From').inputValue(), await page.getByLabel('Before').inputValue()]
    assert.equal(Date.parse(before) - Date.parse(from), 86_400_000)
  })

  it('are filtered, and register a deleted device again', async () => {
    const user = await createUser(project)
    const device = await createDevice(project, { name: 'Lost', user: user.id, metadata: { a: 'b' } })
    await project.call('DELETE', `./devices/${device.id}`)
    const page = await console.open('/events')
    await page.getByLabel('About').selectOption('Devices')
    await page.waitForURL('**/events?type=*')
    const deleted = page.getByRole('listitem').filter({ hasText: 'Device deleted' }).filter({ hasText: 'Lost' })
    await deleted.getByRole('button', { name: 'Register it again, with a new id' }).click()
    await heading(page, 'Lost').waitFor()
    const [back] = (await project.call('GET', './devices?limit=1')).body.items
    assert.deepEqual([back.imei, back.user.id, back.metadata], [device.imei, user.id, { a: 'b' }])
    assert.notEqual(back.id, device.id)
  })
})

describe('the page of a deleted object', { skip: noBrowser }, () => {
  it('says who deleted it, adds it again, and afterwards leads to what replaced it', async () => {
    const user = await createUser(project, { fullName: 'Dee Gone' })
    const sim = await createSim(project)
    const device = await createDevice(project, { name: 'Stolen', user: user.id })
    await project.call('DELETE', `./devices/${device.id}`)
    await project.call('DELETE', `./sims/${sim.id}`)
    await project.call('DELETE', `./users/${user.id}`)
    const page = await console.open(`/devices/${device.id}`)
    await heading(page, 'Stolen').waitFor()
    await page.getByText('by the key “test”').waitFor()
    await go(page, `/users/${user.id}`)
    await page.getByRole('button', { name: 'Add them again, with a new id' }).click()
    await page.getByRole('region', { name: 'Profile' }).waitFor()
    await heading(page, 'Dee Gone').waitFor()
    await go(page, `/sims/${sim.id}`)
    await page.getByRole('button', { name: 'Add it again, with a new id' }).click()
    await page.getByText('Put into a phone').waitFor()
    await go(page, `/sims/${sim.id}`)
    await page.getByRole('link', { name: 'Open the SIM' }).click()
    await page.getByText('Put into a phone').waitFor()
    await go(page, '/devices/dev_gone')
    await page.getByText('There is no such device.').waitFor()
    await page.getByRole('main').getByRole('link', { name: 'All devices' }).waitFor()
  })

  it('offers a viewer nothing that changes something', async () => {
    const device = await createDevice(project, { name: 'Seen' })
    await project.call('DELETE', `./devices/${device.id}`)
    const { token } = (await project.call('POST', './apiKeys', { body: { name: 'look', role: 'viewer' } })).body
    const page = await console.open(`/devices/${device.id}`, { project: { ...project, token } })
    await page.getByText('This device was deleted.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Register it again' }).count(), 0)
  })
})

describe('an open page', { skip: noBrowser }, () => {
  it('shows a change that someone else makes', async () => {
    const device = await createDevice(project, { name: 'Shown' })
    const page = await console.open(`/devices/${device.id}?tab=history`)
    await heading(page, 'Shown').waitFor()
    await history(page).getByText('Device added').waitFor()
    await project.call('PATCH', `./devices/${device.id}`, { body: { name: 'By a colleague' } })
    await heading(page, 'By a colleague').waitFor()
    await history(page).getByText('Name: Shown').waitFor()
  })

  it('does not change while a form is open', async () => {
    const device = await createDevice(project, { name: 'Edited' })
    const page = await console.open(`/devices/${device.id}`)
    await page.getByRole('button', { name: 'Rename' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Mine')
    const seen = page.waitForResponse(
      (response) => response.url().includes('/events?') && response.url().includes('wait='),
    )
    await project.call('PATCH', `./devices/${device.id}`, { body: { name: 'Theirs' } })
    await seen
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Mine')
    await page.keyboard.press('Enter')
    await page.getByText('Someone else has changed this meanwhile.').waitFor()
    await page.keyboard.press('Escape')
    await heading(page, 'Theirs').waitFor()
  })

  it('adds a device to the list', async () => {
    const busy = await console.addProject('busy', 'test')
    const page = await console.open('/devices', { project: busy })
    await page.getByText('No device is registered yet.').waitFor()
    await createDevice(busy, { name: 'Just added' })
    await page.getByRole('link', { name: 'Just added' }).waitFor()
  })
})
