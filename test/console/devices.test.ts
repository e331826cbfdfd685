import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { noBrowser, startConsole } from '../support/browser.ts'
import { createDevice, createSim, createUser, makeEmail, makeIccid, makeImei } from '../support/factories.ts'

const console = await startConsole()
const live = await console.addProject('live', 'live')
const { project } = console

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })
const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })
const openDevice = ({ id }: { id: string }) => console.open(`/devices/${id}`)

async function stored(id: string) {
  return (await project.call('GET', `./devices/${id}`)).body
}

describe('registering', { skip: noBrowser }, () => {
  it('starts at an IMEI that was looked up and ends at the device', async () => {
    const user = await createUser(project, { fullName: 'Carla Diaz' })
    const sim = await createSim(project)
    const page = await console.open(`/search?q=${makeImei('49238884')}`)
    await page.getByRole('link', { name: 'Register this device' }).click()
    await page.getByLabel('Name (optional)').fill('Carlas iPhone')
    await page.getByLabel('E-mail of its user (optional)').fill(user.email)
    await page.getByLabel('ICCID of its SIM (optional)').fill(sim.iccid)
    await button(page, 'Register').click()
    await heading(page, 'Carlas iPhone').waitFor()
    await part(page, 'User').getByText('Carla Diaz').waitFor()
    await part(page, 'SIMs').getByRole('link', { name: sim.iccid }).waitFor()
  })

  it('shows the model as soon as the IMEI is complete', async () => {
    const page = await console.open('/devices/new')
    await page.getByLabel('IMEI', { exact: true }).fill('49 238884 179892 3')
    await page.getByText('Apple iPhone 12 Pro', { exact: true }).waitFor()
    await page.getByText('Takes an eSIM: yes').waitFor()
    await page.getByLabel('IMEI', { exact: true }).fill(makeImei())
    await page.getByText('Unknown model').waitFor()
  })

  it("shows the API's error at the field, with a link to the device that has the IMEI", async () => {
    const imei = makeImei()
    await createDevice(project, { imei, name: 'First come' })
    const page = await console.open(`/devices/new?imei=${imei}`)
    await button(page, 'Register').click()
    const field = page.getByLabel('IMEI', { exact: true })
    await page.getByText('A device with this IMEI is already registered.').waitFor()
    assert.equal(await field.getAttribute('aria-invalid'), 'true')
    assert.match((await field.getAttribute('aria-describedby')) ?? '', /problem/)
    await page.getByRole('link', { name: 'First come' }).click()
    await heading(page, 'First come').waitFor()
  })

  it('moves a SIM out of another phone when asked, and back by undo', async () => {
    const sim = await createSim(project)
    const holder = await createDevice(project, { name: 'Before', sims: [sim.id] })
    const page = await console.open(`/devices/new?imei=${makeImei()}`)
    await page.getByLabel('ICCID of its SIM (optional)').fill(sim.iccid)
    await button(page, 'Register').click()
    await page.getByText('This SIM is in Before. Move it here?').waitFor()
    await button(page, 'Move it here').click()
    await part(page, 'SIMs').getByRole('link', { name: sim.iccid }).waitFor()
    assert.deepEqual((await stored(holder.id)).sims, [])
    await button(page, 'Undo').click()
    await page.getByText('Undone.').waitFor()
    assert.equal((await stored(holder.id)).sims[0].id, sim.id)
  })

  it('rejects a wrong check digit in a live project and shows the correct digit', async () => {
    const page = await console.open('/devices/new?imei=492388841798924', { project: live })
    await button(page, 'Register').click()
    await page.locator('.field-problem', { hasText: 'the check digit is 4 but should be 3' }).waitFor()
    assert.equal((await live.call('GET', './devices')).body.items.length, 0)
  })

  it('reports a user and a SIM that do not exist', async () => {
    const page = await console.open(`/devices/new?imei=${makeImei()}`)
    const [email, iccid] = [makeEmail(), makeIccid()]
    await page.getByLabel('E-mail of its user (optional)').fill(email)
    await page.getByLabel('ICCID of its SIM (optional)').fill(iccid)
    await button(page, 'Register').click()
    await page.getByText(`There is no user ${email}.`).waitFor()
    await page.getByText(`There is no SIM ${iccid}.`).waitFor()
  })
})

describe('names from right to left', { skip: noBrowser }, () => {
  it('do not move what surrounds them', async () => {
    const user = await createUser(project, { fullName: 'ليلى حسن 7' })
    const { imei } = await createDevice(project, { name: 'هاتف ليلى 7', user: user.id })
    const page = await console.open(`/devices/new?imei=${imei}`)
    await page.getByRole('button', { name: 'Register' }).click()
    const link = page.getByRole('link', { name: 'هاتف ليلى 7' })
    await link.waitFor()
    const gap = await page.evaluate<number>(`(() => {
      const link = [...document.querySelectorAll('main a')].find(({ textContent }) => textContent === 'هاتف ليلى 7')
      const range = document.createRange()
      range.selectNode(link.nextSibling)
      return range.getBoundingClientRect().left - link.getBoundingClientRect().right
    })()`)
    assert.ok(gap > -1, `the full stop is ${gap} pixels to the right of the name`)
    await link.click()
    await page.getByRole('heading', { level: 1, name: 'هاتف ليلى 7' }).waitFor()
    await page.getByRole('link', { name: 'ليلى حسن 7' }).waitFor()
  })
})

describe('a device', { skip: noBrowser }, () => {
  it('can be renamed, and the change undone', async () => {
    const device = await createDevice(project, { name: 'Old name' })
    const page = await openDevice(device)
    await button(page, 'Rename').click()
    await page.getByLabel('Name', { exact: true }).fill('New name')
    await page.keyboard.press('Enter')
    await heading(page, 'New name').waitFor()
    assert.equal((await stored(device.id)).name, 'New name')
    await button(page, 'Undo').click()
    await heading(page, 'Old name').waitFor()
    assert.equal((await stored(device.id)).name, 'Old name')
  })

  it("keeps a rejected name in its field, with the API's error", async () => {
    const device = await createDevice(project, { name: 'Fits' })
    const page = await openDevice(device)
    await button(page, 'Rename').click()
    await page.getByLabel('Name', { exact: true }).fill('x'.repeat(256))
    await button(page, 'Save').click()
    await page.getByText('This is too long: at most 255 characters.').waitFor()
    await page.keyboard.press('Escape')
    await heading(page, 'Fits').waitFor()
  })

  it('is assigned by e-mail address, unassigned, and assigned again by undo', async () => {
    const user = await createUser(project, { fullName: 'Dora Ek' })
    const device = await createDevice(project)
    const page = await openDevice(device)
    await button(page, 'Assign a user').click()
    await page.getByLabel('E-mail of the user').fill(user.email)
    await page.keyboard.press('Enter')
    await part(page, 'User').getByRole('link', { name: 'Dora Ek' }).waitFor()
    await button(page, 'Unassign').click()
    await part(page, 'User').getByText('Nobody has this device.').waitFor()
    assert.equal((await stored(device.id)).user, null)
    await button(page, 'Undo').click()
    await part(page, 'User').getByRole('link', { name: 'Dora Ek' }).waitFor()
    assert.equal((await stored(device.id)).user.id, user.id)
  })

  it('is assigned to a user who is created in the same step', async () => {
    const page = await openDevice(await createDevice(project))
    await button(page, 'Assign a user').click()
    const email = makeEmail()
    await page.getByLabel('E-mail of the user').fill(email)
    await page.keyboard.press('Enter')
    await page.getByText(`There is no user ${email}.`).waitFor()
    await page.getByLabel('Full name').fill('Eva Novak')
    await button(page, 'Create the user and assign').click()
    await part(page, 'User').getByRole('link', { name: 'Eva Novak' }).waitFor()
  })

  it("shows the API's error for an invalid e-mail address", async () => {
    const page = await openDevice(await createDevice(project))
    await button(page, 'Assign a user').click()
    await page.getByLabel('E-mail of the user').fill('not an address')
    await page.keyboard.press('Enter')
    await page.locator('.field-problem', { hasText: 'This is not a' }).waitFor()
  })

  it('has a SIM attached by ICCID, taken out, and attached again by undo', async () => {
    const sim = await createSim(project)
    const device = await createDevice(project)
    const page = await openDevice(device)
    await button(page, 'Attach a SIM').click()
    await page.getByLabel('ICCID of the SIM').fill(sim.iccid)
    await page.keyboard.press('Enter')
    await part(page, 'SIMs').getByRole('link', { name: sim.iccid }).waitFor()
    await button(page, `Take out ${sim.iccid}`).click()
    await part(page, 'SIMs').getByText('This device has no SIM.').waitFor()
    assert.deepEqual((await stored(device.id)).sims, [])
    await button(page, 'Undo').click()
    await part(page, 'SIMs').getByRole('link', { name: sim.iccid }).waitFor()
    assert.equal((await stored(device.id)).sims[0].id, sim.id)
  })

  it('gets a SIM moved here from another phone, and back by undo', async () => {
    const sim = await createSim(project)
    const owner = await createUser(project, { fullName: 'Hanna Berg' })
    const holder = await createDevice(project, { name: 'The holder', sims: [sim.id], user: owner.id })
    const device = await createDevice(project)
    const page = await openDevice(device)
    await button(page, 'Attach a SIM').click()
    await page.getByLabel('ICCID of the SIM').fill(sim.iccid)
    await page.keyboard.press('Enter')
    await page.getByText('This SIM is in The holder of Hanna Berg. Move it here?').waitFor()
    await button(page, 'Move it here').click()
    await part(page, 'SIMs').getByRole('link', { name: sim.iccid }).waitFor()
    assert.deepEqual((await stored(holder.id)).sims, [])
    await button(page, 'Undo').click()
    await part(page, 'SIMs').getByText('This device has no SIM.').waitFor()
    assert.equal((await stored(holder.id)).sims[0].id, sim.id)
  })

  it('has a SIM created and attached in one step', async () => {
    const device = await createDevice(project)
    const page = await openDevice(device)
    await button(page, 'Attach a SIM').click()
    const iccid = makeIccid()
    await page.getByLabel('ICCID of the SIM').fill(iccid)
    await page.keyboard.press('Enter')
    await page.getByText(`There is no SIM ${iccid}.`).waitFor()
    await page.getByLabel('Type').selectOption('pSIM')
    await button(page, 'Create the SIM and attach').click()
    await part(page, 'SIMs').getByRole('link', { name: iccid }).waitFor()
    assert.equal((await stored(device.id)).sims[0].type, 'pSIM')
  })

  it('has its metadata changed, and the change undone', async () => {
    const device = await createDevice(project, { metadata: { shop: 'Bonn', plan: 'S' } })
    const page = await openDevice(device)
    await button(page, 'Edit metadata').click()
    await page.getByLabel('Value of shop').fill('Berlin')
    await button(page, 'Remove plan').click()
    await button(page, 'Add a pair').click()
    await page.getByLabel('Key 2', { exact: true }).fill('colour')
    await page.getByLabel('Value of colour').fill('red')
    await button(page, 'Save').click()
    await part(page, 'Metadata').getByText('Berlin').waitFor()
    assert.deepEqual((await stored(device.id)).metadata, { shop: 'Berlin', colour: 'red' })
    await button(page, 'Undo').click()
    await part(page, 'Metadata').getByText('Bonn').waitFor()
    assert.deepEqual((await stored(device.id)).metadata, { shop: 'Bonn', plan: 'S' })
  })

  it("shows the API's error at the metadata pair that it concerns", async () => {
    const page = await openDevice(await createDevice(project))
    await button(page, 'Edit metadata').click()
    await page.getByLabel('Key 1', { exact: true }).fill('gigs.com')
    await page.getByLabel('Value of gigs.com').fill('x')
    await button(page, 'Save').click()
    await page.locator('.pairs .field-problem', { hasText: 'reserved' }).waitFor()
  })

  it('is deleted only after its name is typed', async () => {
    const device = await createDevice(project, { name: 'Farewell' })
    const page = await openDevice(device)
    await button(page, 'Delete device').click()
    const dialog = page.getByRole('dialog', { name: 'Delete this device?' })
    await dialog.getByRole('textbox').fill('Farewel')
    assert.equal(await dialog.getByRole('button', { name: 'Delete' }).isDisabled(), true)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await button(page, 'Delete device').click()
    await dialog.getByRole('textbox').fill('Farewell')
    await page.keyboard.press('Enter')
    await page.getByText('Deleted Farewell.').waitFor()
    await heading(page, 'Devices').waitFor()
    assert.equal((await project.call('GET', `./devices/${device.id}`)).status, 404)
  })

  it('is not changed if a colleague has changed it meanwhile', async () => {
    const device = await createDevice(project, { name: 'As shown' })
    const page = await openDevice(device)
    await button(page, 'Rename').click()
    await project.call('PATCH', `./devices/${device.id}`, { body: { name: 'By a colleague' } })
    await page.getByLabel('Name', { exact: true }).fill('Mine')
    await page.keyboard.press('Enter')
    await page.getByText('Someone else has changed this meanwhile.').waitFor()
    assert.equal((await stored(device.id)).name, 'By a colleague')
  })

  it('that was deleted is reported', async () => {
    const device = await createDevice(project)
    await project.call('DELETE', `./devices/${device.id}`)
    const page = await openDevice(device)
    await page.getByText('This device was deleted.').waitFor()
  })
})

describe('users and SIMs', { skip: noBrowser }, () => {
  it('link to the one that already has the address or number', async () => {
    const user = await createUser(project, { fullName: 'Known Already' })
    const page = await console.open('/users/new')
    await page.getByLabel('E-mail', { exact: true }).fill(user.email)
    await button(page, 'Add').click()
    await page.getByText('A user with this e-mail address already exists.').waitFor()
    await page.getByRole('link', { name: 'Known Already' }).click()
    await heading(page, 'Known Already').waitFor()
  })

  it('are added, changed and deleted', async () => {
    const page = await console.open('/users/new')
    const email = makeEmail()
    await page.getByLabel('E-mail', { exact: true }).fill(email)
    await page.getByLabel('Full name').fill('Fritz Adam')
    await button(page, 'Add').click()
    await heading(page, 'Fritz Adam').waitFor()
    await button(page, 'Edit profile').click()
    await page.getByLabel('Language').fill('klingon-!')
    await button(page, 'Save').click()
    await page.locator('.field-problem').waitFor()
    await page.getByLabel('Language').fill('de')
    await button(page, 'Save').click()
    await part(page, 'Profile').getByText('de', { exact: true }).waitFor()
    await button(page, 'Delete user').click()
    await page.getByRole('dialog').getByRole('textbox').fill(email)
    await page.keyboard.press('Enter')
    await page.getByText(`Deleted ${email}.`).waitFor()
  })

  it('a SIM changes its state, cannot be deleted while it is in a device, and is put back into it by undo', async () => {
    const sim = await createSim(project)
    const other = await createSim(project)
    const device = await createDevice(project, { sims: [sim.id, other.id] })
    const page = await console.open(`/sims/${sim.id}`)
    await page.getByLabel('Status').selectOption('active')
    await button(page, 'Save').click()
    await page.getByText('Saved.').waitFor()
    assert.equal((await project.call('GET', `./sims/${sim.id}`)).body.status, 'active')
    await button(page, 'Delete SIM').click()
    await page.getByRole('dialog').getByText('Take it out first. Then you can delete it.').waitFor()
    await button(page, 'Keep it').click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.equal((await project.call('GET', `./sims/${sim.id}`)).status, 200)

    await button(page, 'Delete SIM').click()
    await button(page, 'Take it out').click()
    await page.getByLabel('Type the ICCID to delete it').fill(sim.iccid)
    await page.keyboard.press('Enter')
    await page.getByText(`Deleted ${sim.iccid}.`).waitFor()
    await button(page, 'Undo').click()
    await page.getByText('Undone.').waitFor()
    const { sims } = (await project.call('GET', `./devices/${device.id}`)).body
    assert.deepEqual(
      sims.map(({ iccid }: { iccid: string }) => iccid),
      [other.iccid, sim.iccid],
    )
  })
})
