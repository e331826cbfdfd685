import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { noBrowser, startConsole } from '../support/browser.ts'
import { createDevice, createSim, createUser, makeIccid, makeImei } from '../support/factories.ts'

const console = await startConsole()
const { project } = console

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const notice = (page: Page, text: string | RegExp) => page.locator('.notice').getByText(text)

async function stored(id: string) {
  return (await project.call('GET', `./devices/${id}`)).body
}

async function devicesOf(user: { id: string }) {
  return (await project.call('GET', `./devices?user=${user.id}`)).body.items
}

/** The device with an IMEI; undefined if it is not registered. */
async function byImei(imei: string) {
  return (await project.call('POST', './devices/search', { body: { imei } })).body.items[0]
}

/** Presses Tab until an element with this text or label has the focus. */
async function reach(page: Page, name: string): Promise<void> {
  const focused = () =>
    page.evaluate<string>(
      `(({ innerText, labels, ariaLabel }) => innerText || labels?.[0]?.innerText || ariaLabel || '')(document.activeElement)`,
    )
  for (let presses = 0; presses < 60 && (await focused()) !== name; presses++) await page.keyboard.press('Tab')
  assert.equal(await focused(), name)
}

/** A user with a phone that has a name, a model and a SIM. */
async function createOwner(fullName: string) {
  const user = await createUser(project, { fullName })
  const sim = await createSim(project, { status: 'active' })
  const imei = makeImei('49238884')
  const old = await createDevice(project, {
    imei,
    name: `${fullName}'s iPhone 12 Pro`,
    user: user.id,
    sims: [sim.id],
    metadata: { shop: 'Bonn' },
  })
  return { user, sim, old }
}

/** Counts the requests that change something. */
function countChanges(page: Page): string[] {
  const changes: string[] = []
  page.on('request', (request) => {
    const isRead = request.method() === 'GET' || /\/(search|check)$/.test(request.url())
    if (!isRead) changes.push(`${request.method()} ${new URL(request.url()).pathname.split('/').at(-1)}`)
  })
  return changes
}

describe('replacing a phone', { skip: noBrowser }, () => {
  it('takes one page and one request, by keyboard alone, and is undone', async () => {
    const { user, sim, old } = await createOwner('Anna Dubois')
    const imei = makeImei()
    const page = await console.open(`/users/${user.id}`)
    const changes = countChanges(page)
    await heading(page, 'Anna Dubois').waitFor()
    await reach(page, 'Replace phone')
    await page.keyboard.press('Enter')
    await page.getByLabel('IMEI of the new phone').and(page.locator(':focus')).waitFor()
    await page.keyboard.insertText(imei)
    await page.getByText('Unknown model').waitFor()
    await page.keyboard.press('Enter')
    await notice(page, `Replaced ${old.name} with Unknown model.`).waitFor()
    assert.deepEqual(changes, ['POST replacement'])
    const [next] = await devicesOf(user)
    assert.equal(next.imei, imei)
    assert.equal(next.sims[0].id, sim.id)
    assert.equal(next.name, old.name)
    assert.equal((await stored(old.id)).user, null)
    await part(page, 'Devices').getByText(imei).waitFor()
    await page.keyboard.press('ControlOrMeta+z')
    await notice(page, 'Undone.').waitFor()
    const back = await stored(old.id)
    assert.deepEqual([back.user.id, back.name, back.sims[0].id], [user.id, old.name, sim.id])
    assert.equal(await byImei(imei), undefined)
    page.removeAllListeners('request')
  })

  it('shows the new phone, renames it after its model, and can delete the old one', async () => {
    const { user, old } = await createOwner('Bea Lund')
    const page = await console.open(`/devices/${old.id}`)
    await page.getByRole('button', { name: 'Replace phone' }).click()
    const imei = makeImei('35187676')
    await page.getByLabel('IMEI of the new phone').fill(imei)
    await page.locator('.phone-answer').getByText('Takes an eSIM: yes').waitFor()
    const model = (await page.locator('.phone-answer strong').first().textContent()) as string
    await page.getByLabel('The old phone').selectOption('delete')
    await page.getByRole('button', { name: `Replace it with the ${model}` }).click()
    await heading(page, "Bea Lund's").waitFor()
    const [next] = await devicesOf(user)
    assert.equal(next.name, `Bea Lund's ${next.model.name}`)
    assert.equal((await project.call('GET', `./devices/${old.id}`)).status, 404)
    await page.getByRole('button', { name: 'Undo' }).click()
    await notice(page, 'Undone.').waitFor()
    const back = await byImei(old.imei)
    assert.deepEqual([back.user.id, back.name, back.metadata], [user.id, old.name, old.metadata])
  })

  it('links the old phone and the new one, in the notice and in the history of both', async () => {
    const { old } = await createOwner('Bo Vale')
    const imei = makeImei()
    const page = await console.open(`/devices/${old.id}?task=replace`)
    await page.getByLabel('IMEI of the new phone').fill(imei)
    await page.getByRole('button', { name: 'Replace the phone' }).click()
    await page.locator('.notice').getByRole('link', { name: 'Open the old phone' }).click()
    await page.waitForURL(`**/devices/${old.id}`)
    await page.getByRole('link', { name: 'History', exact: true }).click()
    await part(page, 'History').getByText('Replaced by').getByRole('link', { name: old.name }).click()
    await page.waitForURL(`**/devices/${(await byImei(imei)).id}`)
    await page.getByRole('link', { name: 'History', exact: true }).click()
    await part(page, 'History').getByText('It replaces').getByRole('link').click()
    await page.waitForURL(`**/devices/${old.id}`)
  })

  it('never gives two phones of a user the same name', async () => {
    const { user, old } = await createOwner('Bo Ward')
    const page = await console.open(`/users/${user.id}?task=replace`)
    const [imei, next] = [makeImei(), makeImei('35187676')]
    await page.getByLabel('The old phone').selectOption('keep')
    await page.getByLabel('IMEI of the new phone').fill(imei)
    await page.getByText('Unknown model').waitFor()
    assert.equal(await page.getByLabel('Name of the new phone').inputValue(), '')
    await page.getByLabel('IMEI of the new phone').fill(next)
    await page.locator('.phone-answer').getByText('Takes an eSIM: yes').waitFor()
    const name = await page.getByLabel('Name of the new phone').inputValue()
    assert.match(name, /^Bo Ward's /)
    await page.getByRole('button', { name: /^Replace it with/ }).click()
    await notice(page, /^Replaced/).waitFor()
    const names = (await devicesOf(user)).map((device: { name: string }) => device.name)
    assert.deepEqual(names.sort(), [name, old.name].sort())
  })

  it('says that an eSIM has to be downloaded again, or that the new phone takes none', async () => {
    const { old } = await createOwner('Bo Xu')
    const page = await console.open(`/devices/${old.id}?task=replace`)
    await page.getByText('the new phone has to download its profile').waitFor()
    await page.getByLabel('IMEI of the new phone').fill(makeImei('35300009'))
    await page.getByText('The new phone takes no eSIM. The caller needs a SIM card instead.').waitFor()
  })

  it('asks which phone, where the user has several', async () => {
    const { user, old } = await createOwner('Cleo Marsh')
    await createDevice(project, { user: user.id, name: 'Another', sims: [(await createSim(project)).id] })
    const page = await console.open(`/users/${user.id}`)
    await page.getByRole('button', { name: 'Replace phone' }).click()
    await page.getByLabel('Which phone is replaced?').selectOption(old.id)
    const imei = makeImei()
    await page.getByLabel('IMEI of the new phone').fill(imei)
    await page.getByRole('button', { name: 'Replace the phone' }).click()
    await notice(page, /^Replaced Cleo/).waitFor()
    assert.equal((await byImei(imei)).name, old.name)
  })

  it('uses a phone that is registered already', async () => {
    const { user, sim, old } = await createOwner('Dana Ito')
    const loaner = await createDevice(project, { name: 'Loaner' })
    const page = await console.open(`/users/${user.id}`)
    await page.getByRole('button', { name: 'Replace phone' }).click()
    await page.getByLabel('IMEI of the new phone').fill(loaner.imei)
    await page.getByText('This phone is registered already: Loaner. Nobody has it.').waitFor()
    await page.getByRole('button', { name: 'Give it to Dana Ito' }).click()
    await notice(page, /^Replaced/).waitFor()
    const taken = await stored(loaner.id)
    assert.deepEqual([taken.user.id, taken.sims[0].id, taken.name], [user.id, sim.id, 'Loaner'])
    await page.getByRole('button', { name: 'Undo' }).click()
    await notice(page, 'Undone.').waitFor()
    assert.deepEqual([(await stored(loaner.id)).name, (await stored(loaner.id)).user], ['Loaner', null])
    assert.equal((await stored(old.id)).sims[0].id, sim.id)
  })

  it('changes nothing when the server fails, keeps the form, and works when it is sent again', async () => {
    const { user, sim, old } = await createOwner('Edda Rust')
    const page = await console.open(`/users/${user.id}`)
    await page.getByRole('button', { name: 'Replace phone' }).click()
    const imei = makeImei()
    await page.getByLabel('IMEI of the new phone').fill(imei)
    await page.route('**/replacement', (route) =>
      route.fulfill({ status: 500, json: { object: 'error', type: 'internal', message: 'x' } }),
    )
    await page.getByRole('button', { name: 'Replace the phone' }).click()
    await page.getByText('Something went wrong on the server.').waitFor()
    assert.equal((await stored(old.id)).sims[0].id, sim.id)
    assert.equal(await page.getByLabel('IMEI of the new phone').inputValue(), imei)
    await page.unroute('**/replacement')
    await page.getByRole('button', { name: 'Replace the phone' }).click()
    await notice(page, /^Replaced/).waitFor()
    assert.equal((await byImei(imei)).sims[0].id, sim.id)
  })

  it('keeps what was typed after Back', async () => {
    const { user } = await createOwner('Faye Kern')
    const page = await console.open(`/users/${user.id}`)
    await page.getByRole('button', { name: 'Replace phone' }).click()
    await page.getByLabel('IMEI of the new phone').fill('49238884')
    await page.getByRole('link', { name: 'SIMs', exact: true }).click()
    await heading(page, 'SIMs').waitFor()
    await page.goBack()
    await page.getByLabel('IMEI of the new phone').waitFor()
    assert.equal(await page.getByLabel('IMEI of the new phone').inputValue(), '49238884')
  })
})

describe('adding a phone', { skip: noBrowser }, () => {
  it('moves a SIM of the user into it, in one request, and is undone', async () => {
    const { user, sim, old } = await createOwner('Gil Amado')
    const imei = makeImei()
    const page = await console.open(`/users/${user.id}`)
    const changes = countChanges(page)
    await page.getByRole('button', { name: 'Add a phone' }).press('Enter')
    await page.getByLabel('IMEI of the phone').and(page.locator(':focus')).waitFor()
    await page.keyboard.insertText(imei)
    await reach(page, `Move the eSIM ending in ${sim.iccid.slice(-4)}`)
    await page.keyboard.press('Enter')
    await page.getByText(`It is in ${old.name}. It moves to this phone.`).waitFor()
    await reach(page, 'Add it for Gil Amado')
    await page.keyboard.press('Enter')
    await notice(page, /^Gil Amado has/).waitFor()
    assert.deepEqual(changes, ['POST devices'])
    assert.equal((await byImei(imei)).sims[0].id, sim.id)
    assert.deepEqual((await stored(old.id)).sims, [])
    await page.getByRole('button', { name: 'Undo' }).click()
    await notice(page, 'Undone.').waitFor()
    assert.equal((await stored(old.id)).sims[0].id, sim.id)
    assert.equal(await byImei(imei), undefined)
    page.removeAllListeners('request')
  })

  it('creates a missing SIM on the way', async () => {
    const user = await createUser(project, { fullName: 'Hugo Vik' })
    const [imei, iccid] = [makeImei(), makeIccid()]
    const page = await console.open(`/users/${user.id}?task=add-phone`)
    await page.getByLabel('IMEI of the phone').fill(imei)
    await page.getByLabel('SIM (optional)').fill(iccid)
    await page.getByRole('button', { name: 'Add it for Hugo Vik' }).click()
    await page.getByText(`There is no SIM ${iccid}.`).waitFor()
    await page.getByRole('button', { name: 'Create the SIM' }).click()
    await page.getByText('Choose another SIM').waitFor()
    await page.getByRole('button', { name: 'Add it for Hugo Vik' }).click()
    await notice(page, /^Hugo Vik has/).waitFor()
    assert.equal((await byImei(imei)).sims[0].iccid, iccid)
  })

  it('gives the user a phone that someone else has', async () => {
    const { old } = await createOwner('Ida Holt')
    const user = await createUser(project, { fullName: 'Jon Moe' })
    const page = await console.open(`/users/${user.id}?task=add-phone`)
    await page.getByLabel('IMEI of the phone').fill(old.imei)
    await page.getByText('It belongs to Ida Holt.').waitFor()
    await page.getByRole('button', { name: 'Give it to Jon Moe' }).click()
    await notice(page, /^Jon Moe has/).waitFor()
    assert.equal((await stored(old.id)).user.id, user.id)
  })
})

describe('a SIM', { skip: noBrowser }, () => {
  it('is put into a phone by IMEI, taken out, and put back by undo, by keyboard alone', async () => {
    const sim = await createSim(project)
    const device = await createDevice(project, { name: 'Target' })
    const page = await console.open(`/sims/${sim.id}`)
    await page.getByText('This SIM is in no phone.').waitFor()
    await reach(page, 'Put into a phone')
    await page.keyboard.press('Enter')
    await page.getByLabel('The phone').and(page.locator(':focus')).waitFor()
    await page.keyboard.insertText(device.imei)
    await page.keyboard.press('Enter')
    await page.getByText('Nobody has this phone.').waitFor()
    await page.getByRole('button', { name: 'Put it into Target' }).and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Enter')
    await notice(page, 'The SIM is in Target now.').waitFor()
    assert.equal((await stored(device.id)).sims[0].id, sim.id)
    await page.getByRole('button', { name: 'Take out' }).press('Enter')
    await notice(page, 'Taken out of Target.').waitFor()
    assert.deepEqual((await stored(device.id)).sims, [])
    await page.keyboard.press('ControlOrMeta+z')
    await notice(page, 'Undone.').waitFor()
    assert.equal((await stored(device.id)).sims[0].id, sim.id)
  })

  it('moves from one phone to another in one request', async () => {
    const { sim, old } = await createOwner('Kim Sand')
    const target = await createDevice(project, { name: 'Next phone of Kim' })
    const page = await console.open(`/sims/${sim.id}`)
    await page.getByRole('button', { name: 'Move to another phone' }).click()
    const changes = countChanges(page)
    await page.getByLabel('The phone').fill('next phone of')
    await page.getByRole('option', { name: /Next phone of Kim/ }).click()
    await page.getByRole('button', { name: 'Put it into Next phone of Kim' }).click()
    await notice(page, 'The SIM is in Next phone of Kim now.').waitFor()
    assert.equal(changes.length, 1)
    assert.equal((await stored(target.id)).sims[0].id, sim.id)
    assert.deepEqual((await stored(old.id)).sims, [])
    page.removeAllListeners('request')
  })

  it('registers a phone on the way', async () => {
    const sim = await createSim(project)
    const imei = makeImei()
    const page = await console.open(`/sims/${sim.id}?task=put-in`)
    await page.getByLabel('The phone').fill(imei)
    await page.getByRole('button', { name: 'Put it in' }).click()
    await page.getByText('This phone is not registered yet.').waitFor()
    await page.getByRole('button', { name: 'Register the phone and put it in' }).click()
    await notice(page, /^The SIM is in/).waitFor()
    assert.equal((await byImei(imei)).sims[0].id, sim.id)
  })
})
