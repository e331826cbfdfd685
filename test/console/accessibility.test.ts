import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { go, noBrowser, startConsole } from '../support/browser.ts'
import { createDevice, createSim, createUser, makeEmail, makeImei } from '../support/factories.ts'

const console = await startConsole()
const { project } = console
const user = await createUser(project, { fullName: 'Gerd Holm' })
const sim = await createSim(project, { status: 'active' })
const device = await createDevice(project, {
  imei: '492388841798923',
  name: 'Gerds iPhone',
  user: user.id,
  sims: [sim.id],
  metadata: { shop: 'Berlin' },
})
await createDevice(project, { name: 'Gerds tablet' })
const { body: endpoint } = await project.call('POST', './webhookEndpoints', {
  body: { url: 'https://example.com/hook' },
})
// In the narrow layout, the long name of its model is close to the link to its user.
await createDevice(project, { imei: makeImei('35187676'), user: user.id })

let opened: Promise<Page> | undefined
const openOnce = () => (opened ??= console.open('/users', { bypassCSP: true }))

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

const PAGES: readonly { path: string; shows: string }[] = [
  { path: '', shows: 'Who is calling, or about which phone?' },
  { path: '/search?q=492388841798923', shows: 'Gerds iPhone' },
  { path: '/search?q=492388840000000', shows: 'Apple iPhone 12 Pro' },
  { path: '/search?q=nonsense', shows: 'Search' },
  { path: '/search?q=356938035643809', shows: 'Unknown model' },
  { path: '/search?q=8988307000000000000', shows: 'No such SIM' },
  { path: '/search?q=nobody@example.com', shows: 'No such user' },
  { path: '/devices?model=unknown', shows: 'Devices' },
  { path: '/search?q=gerds', shows: 'Results for “gerds”' },
  { path: '/search?q=490154203237518%2C+356759040000003', shows: 'Choose one' },
  { path: '/devices?brand=Nokia', shows: 'Devices' },
  { path: '/devices', shows: 'Devices' },
  { path: '/devices/new', shows: 'Register a device' },
  { path: `/devices/${device.id}`, shows: 'Gerds iPhone' },
  { path: '/users', shows: 'Users' },
  { path: '/users/new', shows: 'Add a user' },
  { path: `/users/${user.id}`, shows: 'Gerd Holm' },
  { path: '/sims', shows: 'SIMs' },
  { path: '/sims/new', shows: 'Add a SIM' },
  { path: `/sims/${sim.id}`, shows: sim.iccid },
  { path: `/devices/${device.id}?tab=history`, shows: 'Gerds iPhone' },
  { path: `/users/${user.id}?tab=history`, shows: 'Gerd Holm' },
  { path: '/models', shows: 'Models' },
  { path: `/models/${device.model.id}`, shows: 'Apple iPhone 12 Pro' },
  { path: '/overview', shows: 'Overview' },
  { path: '/events', shows: 'Events' },
  { path: '/webhooks', shows: 'Webhooks' },
  { path: `/webhooks/${endpoint.id}`, shows: endpoint.url },
  { path: '/import?kind=users', shows: 'Import' },
  { path: `/users/${user.id}?task=replace`, shows: 'Gerd Holm' },
  { path: `/users/${user.id}?task=add-phone`, shows: 'Gerd Holm' },
  { path: `/sims/${sim.id}?task=put-in`, shows: sim.iccid },
  { path: '/nowhere', shows: 'There is no such page' },
  { path: '/devices/dev_gone', shows: 'Device' },
]

/** The pages that a support agent or an administrator spends the day on. */
const MAIN_PAGES = PAGES.filter(({ path }) =>
  /^$|q=gerds|^\/(devices|overview|events|webhooks)$|^\/(users|devices|sims)\/\w{20,}(\?task|$)|webhooks\/|import/.test(
    path,
  ),
)

/** How many pixels of the page are beside the window. */
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'

/** Part of WCAG 2.2 AA, but off by default in axe. */
const EXTRA_RULES = { 'target-size': { enabled: true } }

/** What axe finds by WCAG 2.2 AA and its own best practices. */
async function violations(page: Page, { rules, ...how }: axe.RunOptions = {}): Promise<string[]> {
  const options: axe.RunOptions = {
    resultTypes: ['violations'],
    preload: false,
    rules: { ...EXTRA_RULES, ...rules },
    ...how,
  }
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source)
  const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(${JSON.stringify(options)})`)
  return violations.map(({ id, nodes }) => `${page.url()} ${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** What axe finds in light, in dark, and at a width of 360 pixels. Leaves the page dark and narrow. */
async function violationsInAllLooks(page: Page): Promise<string[]> {
  const found = await violations(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  // The dark theme changes colours only, and the width changes no colour.
  found.push(...(await violations(page, { runOnly: ['color-contrast'] })))
  await page.setViewportSize({ width: 360, height: 740 })
  found.push(...(await violations(page, { rules: { 'color-contrast': { enabled: false } } })))
  return found
}

/** Waits until the page has loaded its content. */
async function settled(page: Page, shows: string): Promise<void> {
  await heading(page, shows).waitFor()
  await page.locator('.loading').first().waitFor({ state: 'detached' })
}

describe('every page', { skip: noBrowser }, () => {
  for (const { path, shows } of PAGES) {
    it(`has no axe finding, light, dark and 360 pixels wide: /console${path.replaceAll(/_\w{20,}/g, '_…')}`, async () => {
      const page = await openOnce()
      await go(page, path)
      await settled(page, shows)
      assert.deepEqual(await violationsInAllLooks(page), [])
      assert.equal(await page.evaluate(OVERFLOW), 0, 'nothing scrolls sideways')
      assert.ok((await page.locator('main .button-main:visible').count()) <= 1, 'one primary action at most')
      await page.emulateMedia({ colorScheme: 'light' })
      await page.setViewportSize({ width: 1280, height: 720 })
    })
  }

  it('has no axe finding with forms, dialog and notice open', async () => {
    const found: string[] = []
    const page = await console.open(`/devices/${device.id}`, { bypassCSP: true })
    await page.getByRole('button', { name: 'Rename' }).click()
    await page.getByRole('button', { name: 'Change user' }).click()
    await page.getByRole('button', { name: 'Attach a SIM' }).click()
    await page.getByRole('button', { name: 'Edit metadata' }).click()
    await page.getByLabel('E-mail of the user').fill(makeEmail())
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Create the user and assign' }).waitFor()
    found.push(...(await violations(page)))
    await page.getByLabel('Value of shop').fill('Bonn')
    await page.getByRole('button', { name: 'Save' }).last().click()
    await page.getByRole('button', { name: 'Undo' }).waitFor()
    await page.getByRole('button', { name: 'Delete device' }).click()
    await page.getByRole('dialog').waitFor()
    found.push(...(await violations(page)))
    assert.deepEqual(found, [])
  })

  it('has no axe finding with suggestions, a checked phone, an imported file, selected rows and a list of what was done', async () => {
    const found: string[] = []
    const page = await console.open(`/users/${user.id}?task=replace`, { bypassCSP: true })
    await page.getByLabel('Which phone is replaced?').selectOption(device.id)
    await page.getByLabel('IMEI of the new phone').fill(device.imei)
    await page.locator('.phone-answer').waitFor()
    found.push(...(await violations(page)))
    await page.getByRole('combobox', { name: 'Name, e-mail' }).fill('gerds')
    await page.locator('.hit').first().waitFor()
    await page.keyboard.press('ArrowDown')
    await page.locator('.hit[aria-selected=true]').waitFor()
    found.push(...(await violations(page)))
    await go(page, '/import')
    await page
      .getByLabel('Choose a file')
      .setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('imei,name\n4923,Short\n') })
    await page.locator('.preview').waitFor()
    found.push(...(await violations(page)))
    await page.getByRole('button', { name: 'Import 1 row' }).click()
    await page.locator('.rejects').waitFor()
    found.push(...(await violations(page)))
    await go(page, '/devices')
    await page.getByRole('checkbox', { name: 'Select Gerds iPhone' }).check()
    await page.getByRole('button', { name: 'Assign to a user' }).click()
    await page.getByLabel('The user').waitFor()
    found.push(...(await violations(page)))
    await page.getByRole('button', { name: 'What did I do' }).click()
    await page.getByRole('dialog').waitFor()
    found.push(...(await violations(page)))
    assert.deepEqual(found, [])
  })

  it('has no axe finding with the shortcuts open and while a wrong IMEI is typed', async () => {
    const page = await console.open('/devices/new', { bypassCSP: true })
    await page.getByLabel('IMEI', { exact: true }).fill('490154203237518, 356759040000003')
    await page.getByRole('button', { name: 'Use 356759040000003' }).waitFor()
    const found = await violations(page)
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
    await page.getByRole('dialog').waitFor()
    found.push(...(await violations(page)))
    assert.deepEqual(found, [])
  })

  it('has no axe finding in forced colours at 200 % zoom, and works', async () => {
    const page = await console.open('/devices', { bypassCSP: true, forcedColors: 'active' })
    // At 200 %, a window of 1,280 by 720 pixels has room for half of that.
    await page.setViewportSize({ width: 640, height: 360 })
    assert.equal(MAIN_PAGES.length, 14)
    const found: string[] = []
    for (const { path, shows } of MAIN_PAGES) {
      await go(page, path)
      await settled(page, shows)
      found.push(...(await violations(page)))
      assert.equal(await page.evaluate(OVERFLOW), 0, `nothing scrolls sideways: ${path}`)
    }
    assert.deepEqual(found, [])
    await go(page, '/devices')
    await page.getByRole('link', { name: 'Gerds iPhone' }).click()
    await heading(page, 'Gerds iPhone').waitFor()
  })

  it('has no axe finding at the sign-in, with an error', async () => {
    const page = await console.open('', { signedIn: false, bypassCSP: true })
    await page.getByLabel('API key').fill('hsk_wrong')
    await page.keyboard.press('Enter')
    await page.getByText('This key is not valid.').waitFor()
    assert.deepEqual(await violations(page), [])
  })

  it('has no axe finding while the server does not respond', async () => {
    const page = await console.open('', { bypassCSP: true })
    await page.route('**/console/session', (route) => route.abort())
    await page.reload()
    await page.getByText('The server cannot be reached.').waitFor()
    assert.deepEqual(await violations(page), [])
  })

  it('has no axe finding in the API reference, light, dark and 360 pixels wide', async () => {
    const page = await console.open('/nowhere', { bypassCSP: true })
    await page.goto(`${console.url}/reference`)
    // More than a hundred sections are alike, and axe takes a minute for all of them.
    await page.evaluate(`[...document.querySelectorAll('section')].slice(4, -4).forEach((section) => section.remove())`)
    assert.deepEqual(await violationsInAllLooks(page), [])
  })
})
