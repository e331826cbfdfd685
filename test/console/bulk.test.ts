import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { go, noBrowser, startConsole } from '../support/browser.ts'
import { createDevice, createSim, createUser, makeImei } from '../support/factories.ts'

const console = await startConsole()

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })
const pick = (page: Page, name: string | RegExp) => page.getByRole('checkbox', { name })
const notice = (page: Page, text: string) => page.locator('.notice').getByText(text)

describe('selected rows', { skip: noBrowser }, () => {
  it('are assigned to a user, and given back by undo, by keyboard alone', async () => {
    const project = await console.addProject('assigned', 'test')
    const user = await createUser(project, { fullName: 'Lea Roth' })
    const before = await createUser(project)
    await createDevice(project, { name: 'One' })
    await createDevice(project, { name: 'Two', user: before.id })
    await createDevice(project, { name: 'Three' })
    const owners = async () =>
      (await project.call('GET', './devices')).body.items.map(({ user }: { user: { id: string } | null }) => user?.id)
    const page = await console.open('/devices', { project })
    await pick(page, /^Select One/).press('Space')
    await pick(page, /^Select Two/).press('Space')
    await page.getByText('2 selected').waitFor()
    await button(page, 'Assign to a user').press('Enter')
    await page.getByLabel('The user').and(page.locator(':focus')).waitFor()
    await page.keyboard.insertText(user.email)
    await page.keyboard.press('Enter')
    await notice(page, 'Assigned 2 devices to Lea Roth.').waitFor()
    await page.getByText('2 of 2 done').waitFor()
    assert.deepEqual(await owners(), [undefined, user.id, user.id])
    await page.keyboard.press('ControlOrMeta+z')
    await notice(page, 'Undone.').waitFor()
    assert.deepEqual(await owners(), [undefined, before.id, undefined])
  })

  it('are deleted after their number is typed, with a result for each, and added again by undo', async () => {
    const project = await console.addProject('deleted', 'test')
    const sims = [await createSim(project), await createSim(project)]
    await createDevice(project, { sims: [sims[0].id] })
    const page = await console.open('/sims', { project })
    await pick(page, 'Select all 2 rows that are shown').check()
    await button(page, 'Delete').click()
    await page.getByRole('dialog').getByRole('textbox').fill('2')
    await page.keyboard.press('Enter')
    await page.getByText('1 of 2 done, 1 not').waitFor()
    const failed = page.getByRole('listitem').filter({ hasText: sims[0].iccid })
    await failed.getByText('This SIM is in a phone. Take it out first.').waitFor()
    assert.match((await failed.getByRole('link').getAttribute('href')) ?? '', new RegExp(`/sims/${sims[0].id}$`))
    assert.equal((await project.call('GET', `./sims/${sims[1].id}`)).status, 404)
    await button(page, 'Undo').click()
    await notice(page, 'Undone.').waitFor()
    const search = await project.call('POST', './sims/search', { body: { iccid: sims[1].iccid } })
    assert.equal(search.body.items.length, 1)
  })

  it('on which the server fails are reported, and can be retried', async () => {
    const project = await console.addProject('failing', 'test')
    await createDevice(project, { name: 'Good' })
    const bad = await createDevice(project, { name: 'Bad' })
    const page = await console.open('/devices', { project })
    await pick(page, /^Select all/).check()
    await page.route(`**/devices/${bad.id}`, (route) =>
      route.request().method() === 'DELETE'
        ? route.fulfill({ status: 500, json: { object: 'error', type: 'internal', message: 'x' } })
        : route.continue(),
    )
    await button(page, 'Delete').click()
    await page.getByRole('dialog').getByRole('textbox').fill('2')
    await page.keyboard.press('Enter')
    await page.getByText('1 of 2 done, 1 not').waitFor()
    await page.getByText('Something went wrong on the server.').waitFor()
    await page.unroute(`**/devices/${bad.id}`)
    await button(page, 'Try the rest again').click()
    await page.getByText('2 of 2 done').waitFor()
    assert.equal((await project.call('GET', './devices')).body.items.length, 0)
  })
})

describe('an export', { skip: noBrowser }, () => {
  it('has what the filters select, as a file that can be imported', async () => {
    const project = await console.addProject('exported', 'test')
    const user = await createUser(project)
    const imei = makeImei('49238884')
    await createDevice(project, { imei, name: '=2+3', user: user.id, metadata: { shop: 'Bonn' } })
    await createDevice(project)
    const page = await console.open('/devices?brand=Apple', { project })
    await page.locator('tbody tr').first().waitFor()
    const download = page.waitForEvent('download')
    await button(page, 'Export').click()
    const file = await download
    assert.equal(file.suggestedFilename(), 'devices.csv')
    const lines = (await readFile(await file.path(), 'utf8')).replace('\ufeff', '').trim().split('\r\n')
    assert.equal(lines[0], 'id,imei,user,iccids,name,metadata')
    assert.equal(lines.length, 2)
    assert.match(lines[1] as string, new RegExp(`,${imei},${user.email},,'=2\\+3,"\\{""shop"":""Bonn""\\}"$`))
  })
})

describe('a viewer key', { skip: noBrowser }, () => {
  it('is offered no action that changes anything', async () => {
    const project = await console.addProject('viewed', 'test')
    const user = await createUser(project, { fullName: 'Only Looked At' })
    const sim = await createSim(project)
    const device = await createDevice(project, { user: user.id, sims: [sim.id], name: 'Looked at' })
    const { token } = (await project.call('POST', './apiKeys', { body: { name: 'look', role: 'viewer' } })).body
    const viewer = { ...project, token }
    const page = await console.open('', { project: viewer })
    for (const [path, title] of [
      ['', 'Who is calling, or about which phone?'],
      ['/devices', 'Devices'],
      [`/devices/${device.id}`, 'Looked at'],
      ['/users', 'Users'],
      [`/users/${user.id}`, 'Only Looked At'],
      ['/sims', 'SIMs'],
      [`/users/${user.id}?task=replace`, 'Only Looked At'],
      [`/sims/${sim.id}`, sim.iccid],
      ['/search?q=8988307000000000000', 'No such SIM'],
    ] as const) {
      await go(page, path)
      await page.getByText('You can read, but not change anything.').waitFor()
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      await page.locator('.loading').first().waitFor({ state: 'detached' })
      const offers = page.getByText(
        /^(Replace|Add|Rename|Give|Edit|Delete|Attach|Take out|Assign|Unassign|Change|Move|Put|Register|Import|Export|Save)\b/,
      )
      assert.deepEqual(
        await offers.allTextContents().then((texts) => texts.filter((text) => text !== 'Added')),
        [],
        path,
      )
      assert.equal(await page.getByRole('checkbox').count(), 0)
    }
    await go(page, '/devices/new')
    await page.getByText('This page is for making changes.').waitFor()
  })
})

describe('what did I do', { skip: noBrowser }, () => {
  it('lists the changes of the tab, with an undo that works on another page', async () => {
    const project = await console.addProject('done', 'test')
    const device = await createDevice(project, { name: 'Before' })
    const page = await console.open(`/devices/${device.id}`, { project })
    await button(page, 'Rename').click()
    await page.getByLabel('Name', { exact: true }).fill('After')
    await page.keyboard.press('Enter')
    await notice(page, 'Renamed.').waitFor()
    await page.getByRole('link', { name: 'Users' }).click()
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor()
    await button(page, 'What did I do').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Undo Renamed.' }).click()
    await notice(page, 'Undone.').waitFor()
    assert.equal((await project.call('GET', `./devices/${device.id}`)).body.name, 'Before')
  })

  it('includes a deletion, whose undo registers the device again', async () => {
    const project = await console.addProject('restored', 'test')
    const user = await createUser(project)
    const sim = await createSim(project)
    const device = await createDevice(project, { name: 'Gone', user: user.id, sims: [sim.id], metadata: { a: 'b' } })
    const page = await console.open(`/devices/${device.id}`, { project })
    await button(page, 'Delete device').click()
    await page.getByRole('dialog').getByRole('textbox').fill('Gone')
    await page.keyboard.press('Enter')
    await notice(page, 'Deleted Gone.').waitFor()
    await button(page, 'Undo').click()
    await notice(page, 'Undone.').waitFor()
    const [back] = (await project.call('GET', './devices')).body.items
    assert.notEqual(back.id, device.id)
    assert.deepEqual(
      [back.imei, back.name, back.user.id, back.sims[0].id, back.metadata],
      [device.imei, 'Gone', user.id, sim.id, { a: 'b' }],
    )
    await page.getByRole('link', { name: 'Gone' }).waitFor()
  })
})
