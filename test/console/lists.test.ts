import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { go, noBrowser, startConsole } from '../support/browser.ts'
import { createDevice, createSim, createUser, fillDevices, makeImei } from '../support/factories.ts'

const DEVICES = 130

const console = await startConsole()
const { project } = console
const many = await console.addProject('many', 'test')
const ids = await fillDevices(
  console.context,
  many,
  Array.from({ length: DEVICES }, (_, position) => ({ imei: makeImei(), name: `Number ${position + 1}` })),
)

const rows = (page: Page) => page.locator('tbody tr')
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true })
const names = (page: Page) => page.locator('tbody .row-link').allTextContents()
/** The distance from the top of the window. */
const topOf = (shown: Locator) =>
  shown.evaluate((node) => (node as { getBoundingClientRect(): { top: number } }).getBoundingClientRect().top)
const numbered = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, at) => `Number ${from - at}`)

/** Scrolls to the end of the list as often as that adds rows, until all are there. */
async function scrollToEnd(page: Page): Promise<void> {
  for (let shown = await rows(page).count(); shown < DEVICES; shown = await rows(page).count()) {
    await page.keyboard.press('End')
    await rows(page).nth(shown).waitFor()
  }
}

describe('a list', { skip: noBrowser }, () => {
  it('starts at the newest item and grows to the oldest while it is scrolled', async () => {
    const page = await console.open('/devices', { project: many })
    await rows(page).first().waitFor()
    assert.equal((await names(page))[0], `Number ${DEVICES}`)
    await page.keyboard.press('End')
    await page.getByRole('link', { name: 'Number 80', exact: true }).waitFor()
    await scrollToEnd(page)
    assert.deepEqual(await names(page), numbered(DEVICES, 1))
    await page.getByRole('button', { name: 'Show older' }).waitFor({ state: 'detached' })
  })

  it('has the visible page in its address, and opens there with more rows in both directions', async () => {
    const page = await console.open(`/devices?after=${ids[49]}`, { project: many })
    await page.getByRole('link', { name: 'Number 80', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Show newer' }).click()
    await page.getByRole('link', { name: 'Number 130', exact: true }).waitFor({ state: 'attached' })
    await scrollToEnd(page)
    assert.deepEqual(await names(page), numbered(DEVICES, 1))
    await page.keyboard.press('End')
    await page.waitForURL(`**/devices?after=${ids[99]}`)
    await page.reload()
    await page.getByRole('link', { name: 'Number 30', exact: true }).waitFor()
  })

  it('keeps the rows in view in place when newer rows are added above them', async () => {
    const page = await console.open(`/devices?after=${ids[49]}`, { project: many })
    const read = page.getByRole('link', { name: 'Number 80', exact: true })
    await read.waitFor()
    const before = await topOf(read)
    await page.getByRole('button', { name: 'Show newer' }).click()
    await page.getByRole('link', { name: 'Number 130', exact: true }).waitFor({ state: 'attached' })
    assert.ok(Math.abs((await topOf(read)) - before) < 60, 'the row stays where it was')
  })

  it('shows the same page after Back from a device', async () => {
    const page = await console.open(`/devices?after=${ids[49]}`, { project: many })
    await page.getByRole('link', { name: 'Number 79', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Number 79' }).waitFor()
    await page.goBack()
    await page.getByRole('link', { name: 'Number 79', exact: true }).waitFor()
    assert.equal(new URL(page.url()).search, `?after=${ids[49]}`)
  })

  it('has the row whose link was followed in the same place, with the focus, after Back', async () => {
    const page = await console.open('/devices', { project: many })
    const row = page.getByRole('link', { name: 'Number 70', exact: true })
    await rows(page).first().waitFor()
    await page.keyboard.press('End')
    await row.waitFor()
    await row.focus()
    const before = await topOf(row)
    await page.keyboard.press('Enter')
    await heading(page, 'Number 70').waitFor()
    await page.goBack()
    await page.locator('.row-link:focus', { hasText: 'Number 70' }).waitFor()
    const after = await topOf(row)
    assert.ok(Math.abs(after - before) < 60, `the row was ${before} from the top, and is ${after}`)
    // The checkbox of the next row, and its link.
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await heading(page, 'Number 69').waitFor()
  })

  it('has all rows that were loaded, including later changes, after Back', async () => {
    const page = await console.open('/devices', { project: many })
    await rows(page).first().waitFor()
    await scrollToEnd(page)
    const row = page.getByRole('link', { name: 'Number 20', exact: true })
    await row.scrollIntoViewIfNeeded()
    const before = await topOf(row)
    await row.click()
    await heading(page, 'Number 20').waitFor()
    await many.call('PATCH', `./devices/${ids[DEVICES - 21]}`, { body: { name: 'Renamed meanwhile' } })
    await page.goBack()
    await page.getByRole('link', { name: 'Renamed meanwhile', exact: true }).waitFor()
    assert.equal(await rows(page).count(), DEVICES)
    assert.ok(Math.abs((await topOf(row)) - before) < 5, 'the row is where it was')
    await many.call('PATCH', `./devices/${ids[DEVICES - 21]}`, { body: { name: 'Number 21' } })
  })

  it('counts what its filters select', async () => {
    const shop = await console.addProject('shop', 'test')
    const anna = await createUser(shop, { fullName: 'Anna Dubois' })
    await createUser(shop, { fullName: 'Ben Mora' })
    await createSim(shop, { provider: 'p7' })
    await createDevice(shop, { name: 'Till', user: anna.id })
    const page = await console.open('/devices', { project: shop })
    await page.getByText('1 device', { exact: true }).waitFor()
    for (const [path, count] of [
      ['/devices?brand=Apple', '0 devices'],
      ['/devices?q=till', '1 device'],
      ['/users', '2 users'],
      ['/users?q=anna', '1 user'],
      ['/sims', '1 SIM'],
      ['/sims?provider=p9', '0 SIMs'],
    ] as const) {
      await go(page, path)
      await page.getByText(count, { exact: true }).waitFor()
    }
  })

  it('says so if it has more rows than are counted', async () => {
    const page = await console.open('/devices', { project: many })
    await page.route('**/devices/count*', (route) =>
      route.fulfill({ json: { object: 'count', count: 10_000, complete: false } }),
    )
    await page.reload()
    await page.getByText('more than 10,000 devices', { exact: true }).waitFor()
  })

  it('of users shows how many devices each has, with a link to them, and follows changes', async () => {
    const shop = await console.addProject('owners', 'test')
    const anna = await createUser(shop, { fullName: 'Anna Dubois' })
    await createUser(shop, { fullName: 'Ben Mora' })
    await createDevice(shop, { name: 'First', user: anna.id })
    const page = await console.open('/users', { project: shop })
    const row = (name: string) => rows(page).filter({ hasText: name })
    await row('Anna').getByRole('link', { name: '1', exact: true }).waitFor()
    await row('Ben').getByText('none').waitFor()
    await createDevice(shop, { name: 'Second', user: anna.id })
    await row('Anna').getByRole('link', { name: '2', exact: true }).click()
    await page.getByText('Only the devices of one user.').waitFor()
    assert.deepEqual(await names(page), ['Second', 'First'])
  })

  it('of SIMs shows the device and the user of each', async () => {
    const shop = await console.addProject('sims', 'test')
    const anna = await createUser(shop, { fullName: 'Anna Dubois' })
    const [used, free] = [await createSim(shop), await createSim(shop)]
    await createDevice(shop, { name: 'Work phone', user: anna.id, sims: [used.id] })
    const page = await console.open('/sims', { project: shop })
    await page.locator(`#${used.id}`).getByRole('link', { name: 'Work phone' }).waitFor()
    await page.locator(`#${used.id}`).getByRole('link', { name: 'Anna Dubois' }).waitFor()
    await page.locator(`#${free.id}`).getByText('none').waitFor()
  })

  it('needs one extra request for what it shows beside the rows of a page', async () => {
    const page = await console.open('/users', { project: many })
    await page.getByText('There are no users yet.').waitFor()
    const shop = await console.addProject('request', 'test')
    for (let made = 0; made < 3; made++) await createUser(shop)
    const requests: string[] = []
    const listed = await console.open('/users', { project: shop })
    await rows(listed).getByText('none').last().waitFor()
    listed.on('request', (request) => requests.push(new URL(request.url()).pathname.replace(/^.*\/projects\/\w+/, '')))
    await listed.reload()
    await rows(listed).getByText('none').last().waitFor()
    listed.removeAllListeners('request')
    assert.deepEqual(requests.filter((path) => path.startsWith('/users')).sort(), [
      '/users',
      '/users/count',
      '/users/devices',
    ])
  })

  it('has rows of 40 to 44 pixels, 13 of them in a window of 800 pixels, whatever the names', async () => {
    const long = await console.addProject('long', 'test')
    for (let number = 0; number < 14; number++)
      await createDevice(long, { name: `${number} ${'long name '.repeat(24)}` })
    const page = await console.open('/devices', { project: long, viewport: { width: 1280, height: 800 } })
    await rows(page).first().waitFor()
    const heights = await page.evaluate<number[]>(
      '[...document.querySelectorAll("tbody tr")].map((row) => row.getBoundingClientRect().height)',
    )
    assert.deepEqual(
      heights.filter((height) => height < 40 || height > 44),
      [],
    )
    const bottom = '[...document.querySelectorAll("tbody tr")][12].getBoundingClientRect().bottom'
    assert.ok((await page.evaluate<number>(bottom)) <= 800, 'the thirteenth row is in view')
  })

  it('has no filters and no export while there is nothing, unless there is something that it leaves out', async () => {
    const empty = await console.addProject('nothing', 'test')
    for (const [path, text] of [
      ['/devices', 'No device is registered yet.'],
      ['/users', 'There are no users yet.'],
      ['/sims', 'There are no SIMs yet.'],
    ] as const) {
      const page = await console.open(path, { project: empty })
      await page.getByText(text).waitFor()
      assert.equal(await page.getByRole('search', { name: 'Filters' }).count(), 0)
      assert.equal(await page.getByRole('button', { name: 'Export' }).count(), 0)
    }
    await createSim(empty, { status: 'retired' })
    const page = await console.open('/sims', { project: empty })
    await page.getByText('No SIM is in use.').waitFor()
    await page.getByRole('search', { name: 'Filters' }).waitFor()
    await page.getByRole('link', { name: 'Show the retired ones' }).click()
    await rows(page).getByText('Retired').waitFor()
  })

  it('says what to do next when it is empty', async () => {
    const empty = await console.addProject('empty', 'test')
    const page = await console.open('/devices', { project: empty })
    await page.getByText('No device is registered yet.').waitFor()
    await page.getByRole('link', { name: 'import a file' }).click()
    await page.getByRole('heading', { level: 1, name: 'Import', exact: true }).waitFor()
  })
})

describe('the layout', { skip: noBrowser }, () => {
  it('fills at least 80 % of the width beside the navigation, from 1,440 to 1,920 pixels', async () => {
    const page = await console.open('/devices', { project: many })
    await rows(page).first().waitFor()
    for (const width of [1440, 1680, 1920]) {
      await page.setViewportSize({ width, height: 1080 })
      const share = await page.evaluate<number>(
        `document.querySelector('.list').offsetWidth / document.querySelector('.page').offsetWidth`,
      )
      assert.ok(share >= 0.8, `${share} at ${width}`)
    }
  })

  it('shows an ICCID of 20 digits on one line in the list of SIMs', async () => {
    const { iccid } = await createSim(project, { iccid: '89883070000007537119' })
    const page = await console.open('/sims', { viewport: { width: 1280, height: 800 } })
    const digits = page.getByRole('link', { name: iccid }).locator('.digits')
    await digits.waitFor()
    const heights = await digits
      .locator('span')
      .evaluateAll((groups) => groups.map((group) => group.getBoundingClientRect().top))
    assert.equal(new Set(heights).size, 1, 'all groups of digits are at the same height')
    const { width = 0 } = (await digits.boundingBox()) ?? {}
    const room = await digits.locator('xpath=ancestor::td').evaluate((cell) => cell.clientWidth - 28)
    assert.ok(width <= room, `${width} of ${room} pixels`)
  })

  it('shows every digit of a SIM and an IMEI beside a long name at 360 pixels', async () => {
    const user = await createUser(project, { fullName: 'Wolfeschlegelsteinhausenbergerdorff '.repeat(5).trim() })
    const sim = await createSim(project, { iccid: '89883070000007537127' })
    const device = await createDevice(project, { name: 'x'.repeat(200), user: user.id, sims: [sim.id] })
    const viewport = { width: 360, height: 740 }
    const isWithin = (selector: string) => `[...document.querySelectorAll('${selector}')].every((digits) => {
      const box = digits.getBoundingClientRect()
      return box.right <= 360 && document.elementFromPoint(box.right - 2, box.top + box.height / 2)?.closest('.digits') === digits
    })`
    const page = await console.open(`/devices/${device.id}`, { viewport })
    await page.getByRole('link', { name: sim.iccid }).scrollIntoViewIfNeeded()
    assert.equal(await page.evaluate(isWithin('.sims .digits')), true, 'the ICCID is whole')
    await go(page, '/devices')
    await rows(page).first().waitFor()
    const overlap =
      await page.evaluate<number>(`Math.max(...[...document.querySelectorAll('tbody tr')].slice(0, 3).map((row) => {
      const [, , imei, user] = row.cells
      return imei.querySelector('.digits').getBoundingClientRect().right - user.getBoundingClientRect().left
    }))`)
    assert.ok(overlap <= 0, `the IMEI overlaps the user by ${overlap} pixels`)
  })

  it('shows dates of users in full, and an id with the button that copies it, at 360 pixels', async () => {
    const shop = await console.addProject('narrow', 'test')
    await createUser(shop, { email: `${'long'.repeat(12)}@example.com`, fullName: 'Long Address' })
    const sim = await createSim(shop, { iccid: '89883070000007537135' })
    const page = await console.open('/users', { project: shop, viewport: { width: 360, height: 740 } })
    await rows(page).getByText('none').waitFor()
    const cut = `[...document.querySelectorAll('td[data-title=Added], td[data-title=Devices]')].filter((cell) => cell.scrollWidth > cell.clientWidth).length`
    assert.equal(await page.evaluate(cut), 0, 'no date and no count is cut')
    await go(page, `/sims/${sim.id}`)
    await page.getByRole('button', { name: 'Copy id' }).waitFor()
    for (const [name, beside] of [
      ['Copy ICCID', 'h1 .digits'],
      ['Copy id', '.facts code'],
    ] as const) {
      const [button, text] = [page.getByRole('button', { name }), page.locator(beside)]
      const middle = (await topOf(button)) + 15
      const { y, height } = (await text.boundingBox()) ?? { y: 0, height: 0 }
      assert.ok(middle < y + height, `${name} is not below its text`)
    }
  })
})

describe('filters', { skip: noBrowser }, () => {
  it('of SIMs are in the address and can be removed', async () => {
    const active = await createSim(project, { status: 'active', type: 'pSIM' })
    const retired = await createSim(project, { status: 'retired' })
    const page = await console.open('/sims')
    await page.getByRole('link', { name: active.iccid }).waitFor()
    assert.equal(await page.getByRole('link', { name: retired.iccid }).count(), 0)
    await page.getByLabel('Status').selectOption('retired')
    await page.getByRole('link', { name: retired.iccid }).waitFor()
    assert.equal(new URL(page.url()).search, '?status=retired')
    await page.reload()
    await page.getByRole('link', { name: retired.iccid }).waitFor()
    await page.getByLabel('Type').selectOption('pSIM')
    await page.getByText('No SIM matches these filters.').waitFor()
    await page.getByLabel('Status').selectOption('')
    await page.getByRole('link', { name: active.iccid }).waitFor()
  })

  it('of devices show the devices of one user', async () => {
    const user = await createUser(project)
    await createDevice(project, { name: 'Theirs', user: user.id })
    await createDevice(project, { name: 'Not theirs' })
    const page = await console.open(`/devices?user=${user.id}`)
    await page.getByRole('link', { name: 'Theirs', exact: true }).waitFor()
    assert.deepEqual(await names(page), ['Theirs'])
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByRole('link', { name: 'Not theirs', exact: true }).waitFor()
  })

  it('of devices select the brand of their models', async () => {
    await createDevice(project, { imei: makeImei('49238884'), name: 'An Apple' })
    await createDevice(project, { name: 'Of no brand' })
    const page = await console.open('/devices')
    await page.getByRole('link', { name: 'Of no brand', exact: true }).waitFor()
    await page.getByLabel('Brand', { exact: true }).selectOption('Apple')
    await page.getByRole('link', { name: 'Of no brand', exact: true }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'An Apple', exact: true }).waitFor()
    assert.equal(new URL(page.url()).search, '?brand=Apple')
  })

  it('of devices select name, TAC and day, and stay in force while pages are added at both ends', async () => {
    const page = await console.open('/devices', { project: many })
    await page.getByLabel('Name or metadata').fill('number 1')
    await page.waitForURL('**/devices?q=number+1')
    await page.getByRole('link', { name: 'Number 130', exact: true }).waitFor()
    await page.getByRole('link', { name: 'Number 99', exact: true }).waitFor({ state: 'detached' })
    assert.deepEqual((await names(page)).slice(0, 2), ['Number 130', 'Number 129'])

    await page.goto(`${console.url}/console/devices?q=number+1&after=${ids[25]}`)
    await page.getByRole('link', { name: 'Number 104', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Show newer' }).click()
    await page.getByRole('link', { name: 'Number 130', exact: true }).waitFor({ state: 'attached' })
    assert.deepEqual(await names(page), [...numbered(130, 100), ...numbered(19, 10), 'Number 1'])
    assert.equal(await page.getByLabel('Name or metadata').inputValue(), 'number 1')
    await page.getByLabel('Name or metadata').fill('')
    await page.getByRole('link', { name: 'Number 99', exact: true }).waitFor()
    assert.equal(new URL(page.url()).search, '')

    await page.getByText('More filters').click()
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
    await page.getByLabel('Added from').fill(tomorrow)
    await page.getByText('No device matches these filters.').waitFor()
    await page.getByLabel('Added before').fill(tomorrow)
    await page.getByLabel('Added from').fill('2026-01-01')
    await page.getByRole('link', { name: 'Number 130', exact: true }).waitFor()
    await page.waitForURL(`**/devices?createdAfter=2026-01-01&createdBefore=${tomorrow}`)
    await page.reload()
    assert.equal(await page.getByLabel('Added before').inputValue(), tomorrow)
  })

  it("of devices show the API's error at the field", async () => {
    await createDevice(project, { imei: makeImei('49238884'), name: 'By its TAC' })
    const page = await console.open('/devices', { viewport: { width: 360, height: 740 } })
    await page.getByText('More filters').press('Enter')
    const tac = page.getByLabel('TAC', { exact: true })
    await tac.fill('4923')
    await tac.press('Enter')
    await page.locator('.field-problem', { hasText: 'A TAC is' }).waitFor()
    assert.equal(await tac.getAttribute('aria-invalid'), 'true')
    await tac.fill('49238884')
    await page.getByRole('link', { name: 'By its TAC', exact: true }).waitFor()
    assert.equal(new URL(page.url()).search, '?tac=49238884')
    assert.equal(await page.locator('.field-problem').count(), 0)
  })

  it('are cleared with one button', async () => {
    const page = await console.open('/devices?brand=Apple&type=tablet&tac=12345678', { project: many })
    await page.getByText('No device matches these filters.').waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).first().click()
    await page.getByRole('link', { name: 'Number 130', exact: true }).waitFor()
    assert.equal(new URL(page.url()).search, '')
    assert.equal(await page.getByRole('button', { name: 'Clear filters' }).count(), 0)
  })

  it('of models select the start of their names', async () => {
    const page = await console.open('/models')
    await page.getByLabel('Name starts with').fill('iphone 12 p')
    await page.getByRole('link', { name: 'iPhone 12 Pro', exact: true }).waitFor()
    await page.getByRole('link', { name: 'iPhone 12', exact: true }).waitFor({ state: 'detached' })
    assert.ok((await names(page)).every((name) => /^iphone 12 p/i.test(name)))
  })

  it('of models select brand, type and SIM type', async () => {
    const page = await console.open('/models')
    await page.getByLabel('Brand', { exact: true }).selectOption('Apple')
    await page.getByLabel('eSIM').selectOption('yes')
    await page.getByRole('link', { name: 'iPhone 12 Pro', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Apple iPhone 12 Pro' }).waitFor()
    await page.getByText('Takes an eSIM: yes').waitFor()
    await page.goBack()
    await page.waitForURL('**/models?brand=Apple&esim=yes')
    assert.equal(await page.getByLabel('Brand', { exact: true }).inputValue(), 'Apple')
  })
})
