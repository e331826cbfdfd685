import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { go, noBrowser, startConsole } from '../support/browser.ts'
import { createDevice, createSim, createUser, makeEmail, makeIccid, makeImei } from '../support/factories.ts'

/** An iPhone 12 Pro, which the starter catalogue has. */
const KNOWN_TAC = '49238884'

const console = await startConsole()
const live = await console.addProject('live', 'live')

const field = (page: Page) => page.getByRole('combobox', { name: 'Name, e-mail, number or id' })
const remark = (page: Page) => page.locator('#search-remark')
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

describe('the search field', { skip: noBrowser }, () => {
  it('shows the model of a phone that is not registered and whether it takes an eSIM', async () => {
    const page = await console.open('')
    await field(page).fill(makeImei(KNOWN_TAC))
    await heading(page, 'Apple iPhone 12 Pro').waitFor()
    await page.getByText('Takes an eSIM: yes').waitFor()
    await page.getByText('smartphone').waitFor()
    await page.getByRole('heading', { name: 'Not registered' }).waitFor()
  })

  it('says that it is unknown whether a phone outside the catalogue takes an eSIM', async () => {
    const page = await console.open('')
    await field(page).fill(makeImei())
    await heading(page, 'Unknown model').waitFor()
    await page.getByText('Takes an eSIM: unknown').waitFor()
    await page.getByText(/The catalogue knows \d+ TACs. One command on the server adds about 22,500/).waitFor()
  })

  it('suggests whole words before words that only start so, whatever is newer', async () => {
    await createUser(console.project, { fullName: 'Nadja Berg' })
    await createUser(console.project, { fullName: 'Nadjana Bergman' })
    const page = await console.open('')
    await field(page).fill('nadja be')
    await page.getByRole('option').nth(1).waitFor()
    assert.deepEqual(await page.locator('.hit-title').allTextContents(), ['Nadja Berg', 'Nadjana Bergman'])
  })

  it('looks up what is pasted anywhere on the page', async () => {
    const imei = makeImei(KNOWN_TAC)
    const page = await console.open('/users', { permissions: ['clipboard-read', 'clipboard-write'] })
    await heading(page, 'Users').waitFor()
    await page.evaluate(`navigator.clipboard.writeText(' ${imei.slice(0, 8)}-${imei.slice(8)}\\n')`)
    await page.keyboard.press('ControlOrMeta+v')
    await heading(page, 'Apple iPhone 12 Pro').waitFor()
  })

  it('shows a registered device with its user and SIMs', async () => {
    const user = await createUser(console.project, { fullName: 'Anna Kern' })
    const sim = await createSim(console.project)
    const imei = makeImei(KNOWN_TAC)
    await createDevice(console.project, { imei, name: 'Annas iPhone', user: user.id, sims: [sim.id] })
    const page = await console.open('')
    await field(page).fill(imei)
    await heading(page, 'Annas iPhone').waitFor()
    await page.getByText('Takes an eSIM: yes').waitFor()
    await page.getByRole('link', { name: 'Anna Kern' }).waitFor()
    await page.getByRole('link', { name: sim.iccid }).waitFor()
  })

  it('accepts an IMEI with spaces, dashes, a label or as a URN', async () => {
    const imei = makeImei()
    await createDevice(console.project, { imei, name: 'Typed as printed' })
    const page = await console.open('')
    const [tac, serial, digit] = [imei.slice(0, 8), imei.slice(8, 14), imei.slice(14)]
    for (const typed of [
      `${tac.slice(0, 2)} ${tac.slice(2)} ${serial} ${digit}`,
      `${tac}-${serial}-${digit}`,
      `IMEI: ${imei}`,
      `urn:gsma:imei:${tac}-${serial}-${digit}`,
    ]) {
      await field(page).fill(typed)
      await heading(page, 'Typed as printed').waitFor()
      await field(page).fill('')
      await go(page, '')
      await heading(page, 'Who is calling, or about which phone?').waitFor()
    }
  })

  it('finds the device of an IMEISV, whatever the software version', async () => {
    const imei = makeImei()
    await createDevice(console.project, { imei, name: 'By its IMEISV' })
    const page = await console.open('')
    await field(page).fill(`${imei.slice(0, 14)}07`)
    await heading(page, 'By its IMEISV').waitFor()
  })

  it('finds a SIM by its ICCID and shows the device it is in', async () => {
    const sim = await createSim(console.project)
    await createDevice(console.project, { name: 'With a SIM', sims: [sim.id] })
    const page = await console.open('')
    await field(page).fill(`${sim.iccid.slice(0, 4)} ${sim.iccid.slice(4)}F`)
    await heading(page, `eSIM ${sim.iccid}`).waitFor()
    await page.getByRole('link', { name: 'With a SIM' }).waitFor()
  })

  it('finds a user and their devices by e-mail address, ignoring case', async () => {
    const email = makeEmail()
    const user = await createUser(console.project, { email, fullName: 'Bela Nagy' })
    await createDevice(console.project, { name: 'Belas phone', user: user.id })
    const page = await console.open('')
    await field(page).fill(email.toUpperCase())
    await page.keyboard.press('Enter')
    await heading(page, 'Bela Nagy').waitFor()
    await page.getByRole('link', { name: 'Belas phone' }).first().waitFor()
  })

  it('opens the page of an id', async () => {
    const device = await createDevice(console.project, { name: 'By its id' })
    const page = await console.open('')
    await field(page).fill(` ${device.id} `)
    await heading(page, 'By its id').waitFor()
    assert.equal(new URL(page.url()).pathname, `/console/devices/${device.id}`)
  })

  it('offers to add what does not exist', async () => {
    const page = await console.open('')
    await field(page).fill(makeIccid())
    await page.getByRole('link', { name: 'Add this SIM' }).waitFor()
    await field(page).fill(makeEmail())
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Add this user' }).waitFor()
  })

  it('suggests what it finds while a name is typed, in groups, and opens it by keyboard', async () => {
    await createDevice(console.project, { name: 'Pool phone 4' })
    await createDevice(console.project, { name: 'Pool phone 5' })
    const page = await console.open('')
    await field(page).pressSequentially('poo')
    const group = page.getByRole('listbox', { name: 'Suggestions' }).getByRole('group', { name: 'Devices' })
    await group.getByRole('option', { name: /Pool phone 4/ }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.locator('[aria-selected=true]', { hasText: 'Pool phone 4' }).waitFor()
    await page.keyboard.press('Enter')
    await heading(page, 'Pool phone 4').waitFor()
    assert.equal(await field(page).inputValue(), '')
    await page.locator('#page-title:focus').waitFor()
  })

  it('finds a user by the start of a name and by a phone number, and a SIM by its last digits', async () => {
    const user = await createUser(console.project, { fullName: 'Anna Dubois', metadata: { phone: '+41 79 123 45 67' } })
    const sim = await createSim(console.project, { iccid: '89883070000007531234' })
    const page = await console.open('')
    await field(page).fill('dub')
    await page.getByRole('option', { name: /Anna Dubois/ }).waitFor()
    await page.keyboard.press('Enter')
    await heading(page, 'Anna Dubois').waitFor()
    await field(page).fill('079 123 45 67')
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/users/${user.id}`)
    await field(page).fill('7531234')
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/sims/${sim.id}`)
  })

  it('opens the only hit with Enter, before and after its suggestion appears', async () => {
    const device = await createDevice(console.project, { name: 'Singular thing' })
    const page = await console.open('')
    await field(page).fill('singular')
    await page.keyboard.press('Enter')
    await heading(page, 'Singular thing').waitFor()
    assert.equal(new URL(page.url()).pathname, `/console/devices/${device.id}`)
    await field(page).fill('singular th')
    await page.getByRole('option', { name: /Singular thing/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('option').waitFor({ state: 'detached' })
    await heading(page, 'Singular thing').waitFor()
  })

  it('shows all hits in groups at Enter, and closes the suggestions with Escape', async () => {
    await createDevice(console.project, { name: 'iPhone 12 of the shop' })
    const page = await console.open('')
    await field(page).fill('iphone 12')
    await page.getByRole('option').first().waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('option').first().waitFor({ state: 'detached' })
    assert.equal(await field(page).inputValue(), 'iphone 12')
    await page.keyboard.press('Enter')
    await heading(page, 'Results for “iphone 12”').waitFor()
    const found = (group: string) => page.getByRole('region', { name: group, exact: true })
    await found('Devices').getByRole('link', { name: 'iPhone 12 of the shop' }).waitFor()
    await found('Models').getByRole('link', { name: 'Apple iPhone 12 Pro', exact: true }).waitFor()
  })

  it('announces how many suggestions and results there are, with the numbers in groups', async () => {
    const shop = await console.addProject('announced', 'test')
    await createUser(shop, { fullName: 'Tilda Moss' })
    await createDevice(shop, { name: 'Phone of Tilda' })
    const page = await console.open('', { project: shop })
    await field(page).pressSequentially('tilda')
    await remark(page).getByText('2 suggestions.').waitFor()
    assert.equal(await page.locator('.hit .digits').count(), 1)
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('2 found', { exact: true }).waitFor()
    await remark(page).getByText(/./).waitFor({ state: 'detached' })
  })

  it('explains what a text that finds nothing may be', async () => {
    const page = await console.open('')
    await field(page).fill('A10000009296F2')
    await page.keyboard.press('Enter')
    await page.getByText('Nothing was found for “A10000009296F2”.').waitFor()
    await page.getByRole('main').getByText('This looks like a MEID').waitFor()
  })
})

describe('pasted text', { skip: noBrowser }, () => {
  const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] }

  async function paste(page: Page, text: string): Promise<void> {
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`)
    await page.keyboard.press('ControlOrMeta+v')
  }

  it('of a *#06# screen offers both IMEIs of the phone and shows which is registered', async () => {
    const [first, second] = [makeImei(), makeImei()]
    await createDevice(console.project, { imei: second, name: 'Second slot' })
    const page = await console.open('', CLIPBOARD)
    await field(page).focus()
    await paste(page, `IMEI1\n${first} / 01\nIMEI2\n${second} / 01\nEID\n89049032004008882600012345678901\nSN R58M12AB`)
    await heading(page, 'Choose one').waitFor()
    assert.equal(await page.getByRole('main').getByRole('listitem').count(), 2)
    await page.getByRole('listitem').filter({ hasText: 'Second slot' }).getByRole('link', { name: second }).click()
    await heading(page, 'Second slot').waitFor()
  })

  it('with a slot number in the label is not an IMEISV', async () => {
    await createDevice(console.project, { imei: '492388841798923', name: 'Behind a label' })
    const page = await console.open('', CLIPBOARD)
    await field(page).focus()
    await paste(page, 'IMEI2 49 238884 179892 3')
    await heading(page, 'Behind a label').waitFor()
    assert.equal(new URL(page.url()).search, '?q=492388841798923')
  })

  it('from a mail finds the user', async () => {
    const email = makeEmail()
    await createUser(console.project, { email, fullName: 'Carla Mail' })
    const page = await console.open('/users', CLIPBOARD)
    await heading(page, 'Users').waitFor()
    await paste(page, `"Mail, Carla" <${email}>`)
    await heading(page, 'Carla Mail').waitFor()
  })

  it('with the address of a page opens that page', async () => {
    const device = await createDevice(console.project, { name: 'By its address' })
    const page = await console.open('', CLIPBOARD)
    await field(page).focus()
    await paste(page, `https://support.example/handset/console/devices/${device.id}`)
    await heading(page, 'By its address').waitFor()
  })

  it('with an EID says what it is', async () => {
    const page = await console.open('', CLIPBOARD)
    await field(page).focus()
    await paste(page, 'EID: 8904 9032 0040 0888 2600 0123 4567 8901')
    await page.getByRole('main').getByText('the phone takes an eSIM').waitFor()
  })

  it('reads every digit of a pasted number that has a line break', async () => {
    const sim = await createSim(console.project)
    const page = await console.open('', CLIPBOARD)
    await field(page).focus()
    await paste(page, `${sim.iccid.slice(0, 10)}\n${sim.iccid.slice(10)}`)
    await heading(page, `eSIM ${sim.iccid}`).waitFor()
  })

  it('offers both IMEIs of a phone in the form that registers it', async () => {
    const [first, second] = [makeImei(), makeImei()]
    const page = await console.open('/devices/new', CLIPBOARD)
    const imei = page.getByLabel('IMEI', { exact: true })
    await imei.focus()
    await paste(page, `IMEI 1: ${first} / 01\nIMEI 2: ${second} / 01`)
    await page.getByRole('button', { name: `Use ${second}` }).click()
    assert.equal(await imei.inputValue(), second)
    assert.equal(await page.getByRole('button', { name: 'Use ' }).count(), 0)
  })
})

describe('the check digit', { skip: noBrowser }, () => {
  it('is checked while the IMEI is typed', async () => {
    const page = await console.open('')
    await field(page).pressSequentially('49238884179892')
    await remark(page).getByText('14 digits. An IMEI has 15, so one is missing.').waitFor()
    await field(page).press('3')
    await remark(page).getByText('IMEI. The check digit 3 is correct.').waitFor()
    await field(page).press('Backspace')
    await field(page).press('4')
    // The field says so at first, and then the page, which the pause after the last key opens.
    await page.getByText('the check digit is 4 but should be 3').first().waitFor()
  })

  it('is reported once when it is wrong', async () => {
    const page = await console.open('/search?q=492388841798924')
    await heading(page, 'Apple iPhone 12 Pro').waitFor()
    assert.equal(await page.getByText('the check digit is 4 but should be 3').count(), 1)
    const registering = await console.open('/devices/new?imei=492388841798924', { project: live })
    await registering.getByText('the check digit is 4 but should be 3').waitFor()
    await registering.getByRole('button', { name: 'Register' }).click()
    await registering.locator('.field-problem').getByText('Compare it with the phone').waitFor()
    assert.equal(await registering.getByText('the check digit is 4 but should be 3').count(), 1)
  })

  it('does not hide the model when it is wrong, and the corrected IMEI is one click away', async () => {
    const page = await console.open('', { project: live })
    await field(page).fill('492388841798924')
    await heading(page, 'Apple iPhone 12 Pro').waitFor()
    await page.getByText('A live project has no device with such an IMEI.').waitFor()
    assert.equal(await page.getByRole('link', { name: 'Register this device' }).count(), 0)
    // The heading has the focus after Enter, and the link is next.
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate('document.activeElement.textContent'), '492388841798923')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/search?q=492388841798923')
    await heading(page, 'Apple iPhone 12 Pro').waitFor()
    assert.equal(await field(page).inputValue(), '492388841798923')
  })
})

describe('numbers', { skip: noBrowser }, () => {
  it('are shown in groups and copied without spaces', async () => {
    const imei = makeImei()
    await createDevice(console.project, { imei })
    const page = await console.open(`/search?q=${imei}`, { permissions: ['clipboard-read', 'clipboard-write'] })
    await page.getByRole('button', { name: 'Copy IMEI' }).click()
    await page.getByRole('button', { name: 'IMEI copied' }).waitFor()
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), imei)
    const groups = await page.locator('.number .digits > span').allTextContents()
    assert.deepEqual(groups, [imei.slice(0, 2), imei.slice(2, 8), imei.slice(8, 14), imei.slice(14)])
    assert.equal(await page.locator('.number .digits').textContent(), imei)
  })
})
