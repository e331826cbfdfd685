import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { revokeKey } from '../../src/resources/api-keys/api-keys.ts'
import { createLink } from '../../src/resources/console-sessions/console-sessions.ts'
import { go, noBrowser, startConsole } from '../support/browser.ts'
import { createDevice, fillDevices, makeImei } from '../support/factories.ts'
import { importModels } from '../support/models.ts'

const console = await startConsole()
const { project } = console
const device = await createDevice(project, { imei: '492388841798923', name: 'Gerds iPhone' })

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })
/** All that scripts can read of a session. */
const PROJECT_ONLY = JSON.stringify({ 'handset.project': project.project.id })
const focused = (page: Page) =>
  page.evaluate<string>('document.activeElement.innerText || document.activeElement.getAttribute("aria-label") || ""')

describe('signing in', { skip: noBrowser }, () => {
  it('opens the requested page, in every tab, and lets no script read the key', async () => {
    const page = await console.open(`/devices/${device.id}`, { signedIn: false })
    await page.getByLabel('API key').waitFor()
    await page.getByLabel('API key').fill(project.token)
    await page.keyboard.press('Enter')
    await heading(page, 'Gerds iPhone').waitFor()
    await page.reload()
    await heading(page, 'Gerds iPhone').waitFor()
    assert.equal(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })'), PROJECT_ONLY)
    assert.equal(await page.evaluate('document.cookie'), '')
    const other = await page.context().newPage()
    await other.goto(`${console.url}/console`)
    await heading(other, 'Who is calling, or about which phone?').waitFor()
    await other.close()
  })

  it("shows the API's error for an invalid key", async () => {
    const page = await console.open('', { signedIn: false })
    await page.getByLabel('API key').fill('hsk_wrong')
    await page.keyboard.press('Enter')
    await page.getByText('This key is not valid.').waitFor()
  })

  it('is required again when the key is revoked', async () => {
    const page = await console.open('/users', { signedIn: false })
    const passing = await console.addProject('passing', 'test')
    await page.getByLabel('API key').fill(passing.token)
    await page.keyboard.press('Enter')
    await heading(page, 'Users').waitFor()
    const { body: keys } = await passing.call('GET', './apiKeys')
    await revokeKey(console.context, passing.project, keys.items[0].id)
    await page.getByText('Your session has ended.').waitFor()
    assert.equal(await page.evaluate('sessionStorage.length + localStorage.length'), 0)
  })

  it('survives a server that does not respond', async () => {
    const page = await console.open('')
    await heading(page, 'Who is calling, or about which phone?').waitFor()
    await page.route('**/console/session', (route) => route.abort())
    await page.reload()
    await page.getByText('The server cannot be reached.').waitFor()
    await page.unroute('**/console/session')
    await page.getByRole('button', { name: 'Try again' }).click()
    await heading(page, 'Who is calling, or about which phone?').waitFor()
  })

  it('ends with signing out', async () => {
    const page = await console.open('', { signedIn: false })
    await page.getByLabel('API key').fill(project.token)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('API key').waitFor()
    await page.reload()
    await page.getByLabel('API key').waitFor()
    assert.equal(await page.evaluate('sessionStorage.length + localStorage.length'), 0)
  })

  it('outlives the browser only if the person asks for it', async () => {
    const sessionCookie = async (page: Page) =>
      (await page.context().cookies()).find(({ name }) => /session/.test(name))
    const page = await console.open('', { signedIn: false })
    await page.getByLabel('API key').fill(project.token)
    await page.keyboard.press('Enter')
    await heading(page, 'Who is calling, or about which phone?').waitFor()
    assert.equal((await sessionCookie(page))?.expires, -1)
    const kept = await console.open('', { signedIn: false })
    await kept.getByLabel('API key').fill(project.token)
    await kept.getByLabel('Stay signed in').check()
    await kept.getByRole('button', { name: 'Sign in' }).click()
    await heading(kept, 'Who is calling, or about which phone?').waitFor()
    assert.ok(((await sessionCookie(kept))?.expires ?? 0) > Date.now() / 1000)
  })

  it('adds projects, and switches between them', async () => {
    const page = await console.open('/users', { signedIn: false })
    const second = await console.addProject('second', 'test')
    await page.getByLabel('API key').fill(project.token)
    await page.keyboard.press('Enter')
    await heading(page, 'Users').waitFor()
    await page.getByRole('button', { name: 'Sign in to another project' }).click()
    await heading(page, 'Sign in to another project').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Sign in to another project' }).click()
    await page.getByLabel('API key').fill(second.token)
    await page.keyboard.press('Enter')
    const projects = page.getByLabel('Switch to')
    await projects.waitFor()
    assert.equal(await projects.inputValue(), 'second')
    await projects.selectOption('support')
    await page.getByRole('link', { name: 'Devices' }).click()
    await page.getByRole('link', { name: 'Gerds iPhone' }).waitFor()
    await page.reload()
    assert.equal(await projects.inputValue(), 'support')
  })

  it('works with a link, once', async () => {
    const { body: keys } = await project.call('GET', './apiKeys')
    const code = await createLink(console.context, project.project, keys.items[0].id)
    const page = await console.open(`/devices/${device.id}#code=${code}`, { signedIn: false })
    await heading(page, 'Gerds iPhone').waitFor()
    assert.equal(new URL(page.url()).hash, '')
    const again = await console.open(`/devices/${device.id}#code=${code}`, { signedIn: false })
    await again.getByText('This link has been used').waitFor()
  })
})

describe('the keyboard alone', { skip: noBrowser }, () => {
  it('signs in, searches, and moves to the result', async () => {
    const page = await console.open('', { signedIn: false })
    await page.locator('input.key:focus').waitFor()
    await page.keyboard.type(project.token)
    await page.keyboard.press('Enter')
    await page.locator('.search input:focus').waitFor()
    await page.keyboard.type('492388-84179892-3')
    await heading(page, 'Gerds iPhone').waitFor()
    await page.keyboard.press('Enter')
    assert.equal(await focused(page), 'Gerds iPhone')
    await page.keyboard.press('Tab')
    assert.equal(await focused(page), 'Rename')
  })

  it('skips to the content, enters the search field with / and leaves it with Escape', async () => {
    const page = await console.open('/devices')
    await heading(page, 'Devices').waitFor()
    await page.getByRole('button', { name: 'Export' }).waitFor()
    await page.keyboard.press('Tab')
    assert.equal(await focused(page), 'Skip to content')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    assert.equal(await focused(page), 'Export')
    await page.keyboard.press('/')
    assert.equal(await focused(page), 'Name, e-mail, number or id')
    await page.keyboard.type('12')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    assert.equal(await page.evaluate('document.activeElement === document.body'), true)
  })

  it('finds a device, renames it and undoes the change', async () => {
    const page = await console.open('')
    await page.locator('.search input:focus').waitFor()
    await page.keyboard.type('49-238884-179892-3')
    await heading(page, 'Gerds iPhone').waitFor()
    const reach = async (name: string) => {
      for (let presses = 0; presses < 60 && (await focused(page)) !== name; presses++) await page.keyboard.press('Tab')
      assert.equal(await focused(page), name)
    }
    await reach('Rename')
    await page.keyboard.press('Enter')
    await page.getByLabel('Name', { exact: true }).waitFor()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('By keyboard')
    await page.keyboard.press('Enter')
    await heading(page, 'By keyboard').waitFor()
    await reach('Undo')
    await page.keyboard.press('Enter')
    await heading(page, 'Gerds iPhone').waitFor()
  })

  it('starts in the form that opens and returns to the button that opened it', async () => {
    const bare = await createDevice(project)
    const page = await console.open(`/devices/${bare.id}`)
    for (const name of ['Give a name', 'Assign a user', 'Attach a SIM', 'Edit metadata']) {
      await page.getByRole('button', { name }).press('Enter')
      await page.locator('#content input:focus').waitFor()
      await page.keyboard.press('Escape')
      await page.locator('#content input').first().waitFor({ state: 'detached' })
      await page.getByRole('button', { name }).and(page.locator(':focus')).waitFor()
    }
    await page.getByRole('button', { name: 'Delete device' }).press('Enter')
    await page.locator('dialog input:focus').waitFor()
    await page.getByRole('button', { name: 'Keep it' }).press('Enter')
    await page.locator('dialog').waitFor({ state: 'detached' })
    assert.equal(await focused(page), 'Delete device')
    await page.getByRole('button', { name: 'Give a name' }).press('Enter')
    await page.locator('#content input:focus').fill('Named')
    await page.keyboard.press('Enter')
    await heading(page, 'Named').waitFor()
    assert.equal(await focused(page), 'Rename')
  })

  it('undoes the last change with Ctrl+Z, except while a field has the focus', async () => {
    const page = await console.open(`/devices/${device.id}`)
    const rename = async (name: string) => {
      await page.getByRole('button', { name: 'Rename' }).press('Enter')
      await page.getByLabel('Name', { exact: true }).fill(name)
      await page.keyboard.press('Enter')
      await heading(page, name).waitFor()
    }
    await rename('By a slip')
    await page.getByRole('button', { name: 'Rename' }).press('Enter')
    await page.getByLabel('Name', { exact: true }).press('ControlOrMeta+z')
    await page.keyboard.press('Escape')
    await heading(page, 'By a slip').waitFor()
    await page.keyboard.press('ControlOrMeta+z')
    await heading(page, 'Gerds iPhone').waitFor()
  })

  it('opens and closes the menu of the narrow layout', async () => {
    const page = await console.open('', { viewport: { width: 360, height: 740 } })
    await page.getByRole('button', { name: 'Menu' }).press('Enter')
    await page.getByRole('link', { name: 'Overview' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Overview' }).waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Menu' }).press('Enter')
    await page.getByRole('link', { name: 'Overview' }).press('Enter')
    await heading(page, 'Overview').waitFor()
    assert.equal(await focused(page), 'Overview')
  })
})

describe('shortcuts', { skip: noBrowser }, () => {
  it('are shown by ? and by a button, and Ctrl+K leads to the search from a field', async () => {
    const page = await console.open('/users/new')
    await page.getByLabel('Full name').focus()
    await page.keyboard.press('ControlOrMeta+k')
    await page.locator('.search input:focus').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await dialog.getByText('Undo the last change').waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
    await dialog.getByRole('button', { name: 'Close' }).click()
    await dialog.waitFor({ state: 'detached' })
  })
})

describe('what was typed', { skip: noBrowser }, () => {
  it('is in the form of a page again after Back, until it is saved', async () => {
    const page = await console.open('/devices/new')
    await page.getByLabel('Name (optional)').fill('Half a form')
    await page.getByLabel('E-mail of its user (optional)').fill('half@example.com')
    await page.getByRole('link', { name: 'Devices' }).click()
    await heading(page, 'Devices').waitFor()
    await page.goBack()
    await heading(page, 'Register a device').waitFor()
    assert.equal(await page.getByLabel('Name (optional)').inputValue(), 'Half a form')
    assert.equal(await page.getByLabel('E-mail of its user (optional)').inputValue(), 'half@example.com')
    await page.getByLabel('E-mail of its user (optional)').fill('')
    await page.getByLabel('IMEI', { exact: true }).fill(makeImei())
    await page.getByRole('button', { name: 'Register' }).click()
    await heading(page, 'Half a form').waitFor()
    await page.goBack()
    await heading(page, 'Register a device').waitFor()
    assert.equal(await page.getByLabel('Name (optional)').inputValue(), '')
  })

  it('is not discarded without a question', async () => {
    const page = await console.open('/users')
    await heading(page, 'Users').waitFor()
    await page.getByRole('link', { name: 'Devices' }).click()
    await page.getByRole('link', { name: 'Gerds iPhone' }).click()
    await page.getByRole('button', { name: 'Rename' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Not saved')
    const questions: string[] = []
    let isAccepted = false
    page.on('dialog', (dialog) => {
      questions.push(dialog.message())
      return isAccepted ? dialog.accept() : dialog.dismiss()
    })
    await page.getByRole('link', { name: 'SIMs', exact: true }).click()
    await page.goBack()
    await page.getByLabel('Name', { exact: true }).waitFor()
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Not saved')
    assert.match(page.url(), new RegExp(device.id))
    isAccepted = true
    await page.getByRole('link', { name: 'SIMs', exact: true }).click()
    await heading(page, 'SIMs').waitFor()
    assert.equal(questions.length, 3)
    assert.match(questions[0] as string, /not saved/)
    await page.getByRole('link', { name: 'Users' }).click()
    await heading(page, 'Users').waitFor()
    assert.equal(questions.length, 3, 'nothing is asked when nothing was typed')
    page.removeAllListeners('dialog')
  })
})

describe('the theme', { skip: noBrowser }, () => {
  it('follows the system until the person chooses one, which is stored', async () => {
    const page = await console.open('', { colorScheme: 'dark' })
    const scheme = () => page.evaluate('getComputedStyle(document.documentElement).colorScheme')
    await page.getByRole('button', { name: 'Theme: system. Change to light' }).click()
    assert.equal(await scheme(), 'light')
    await page.reload()
    await page.getByRole('button', { name: 'Theme: light. Change to dark' }).click()
    assert.equal(await scheme(), 'dark')
  })
})

describe('a printed page', { skip: noBrowser }, () => {
  it('has the facts on white, without navigation and buttons', async () => {
    const page = await console.open(`/devices/${device.id}`, { colorScheme: 'dark' })
    await heading(page, 'Gerds iPhone').waitFor()
    await page.getByRole('region', { name: 'Record' }).waitFor()
    const shown = async (selector: string) => await page.locator(`${selector}:visible`).count()
    assert.ok((await shown('.side')) > 0 && (await shown('.button')) > 0)
    await page.emulateMedia({ media: 'print' })
    assert.deepEqual(await Promise.all(['.side', '.top', '.button', '.icon-button'].map(shown)), [0, 0, 0, 0])
    assert.ok(await heading(page, 'Gerds iPhone').isVisible())
    assert.ok(await page.getByRole('region', { name: 'Record' }).isVisible())
    assert.equal(await page.evaluate('getComputedStyle(document.documentElement).colorScheme'), 'light')
    await go(page, '/devices')
    await page.getByRole('link', { name: 'Gerds iPhone' }).waitFor()
    assert.deepEqual(await Promise.all(['.side', '.top', '.filters', '.button'].map(shown)), [0, 0, 0, 0])
    await page.emulateMedia({ media: null })
  })
})

describe('the page of a model', { skip: noBrowser }, () => {
  it('has its count, TACs, variants and newest devices', async () => {
    await importModels(console.context, [
      { tac: '70000051', brand: 'Foo', name: 'Twin', type: 'smartphone', simTypes: ['pSIM'] },
      { tac: '70000052', brand: 'Foo', name: 'Twin', type: 'smartphone', simTypes: ['eSIM', 'pSIM'] },
    ])
    const twins = await console.addProject('twins', 'test')
    const devices = Array.from({ length: 11 }, (_, at) => ({ imei: makeImei('70000051'), name: `Number ${at}` }))
    await fillDevices(console.context, twins, devices)
    const { model } = (await twins.call('GET', './devices?limit=1')).body.items[0]
    const page = await console.open(`/models/${model.id}`, { project: twins })
    const part = (name: string) => page.getByRole('region', { name, exact: true })
    await part('Devices').getByText('11 registered. TACs of the newest: 70000051').waitFor()
    assert.equal(await part('Devices').getByRole('listitem').count(), 10)
    await part('Devices').getByRole('link', { name: 'All devices of this model' }).click()
    await page.getByText('11 devices', { exact: true }).waitFor()
    await page.goBack()
    await page.getByText('Takes an eSIM: no').waitFor()
    await part('Other variants').getByRole('link', { name: 'Foo Twin' }).click()
    await page.getByText('Takes an eSIM: yes').waitFor()
    await page.getByText('No device of this model is registered.').waitFor()
  })
})

describe('the overview', { skip: noBrowser }, () => {
  it('counts devices by brand, type and eSIM, as charts and as tables', async () => {
    const counted = await console.addProject('counted', 'test')
    await createDevice(counted, { imei: '492388841798923' })
    await createDevice(counted)
    const page = await console.open('/overview', { project: counted })
    await page.getByText('The project has 2 devices.').waitFor()
    const brand = page.getByRole('region', { name: 'Brand' })
    await brand.getByText('Figures').click()
    assert.deepEqual(await brand.getByRole('row').allTextContents(), ['BrandDevices', 'Apple1', 'unknown1'])
    await brand.getByRole('row').getByRole('link', { name: 'Apple' }).click()
    await page.waitForURL('**/devices?brand=Apple')
    await page.locator('tbody tr').first().waitFor()
    assert.equal(await page.locator('tbody tr').count(), 1)
    await page.goBack()
    const esim = page.getByRole('region', { name: 'Takes an eSIM' })
    await esim.getByText('Figures').click()
    assert.deepEqual(await esim.getByRole('row').allTextContents(), ['AnswerDevices', 'yes1', 'no0', 'unknown1'])
  })

  it('shows what the catalogue knows, and the unknown TACs with a link and what to do', async () => {
    const project = await console.addProject('coverage', 'test')
    await createDevice(project, { imei: makeImei('49238884') })
    await createDevice(project, { imei: makeImei('93939393') })
    const page = await console.open('/overview', { project })
    const known = page.getByRole('region', { name: 'What the catalogue knows' })
    await known.getByText('Brand, 50%').first().waitFor()
    const unknown = page.getByRole('region', { name: 'Most common unknown TACs' })
    const link = unknown.getByRole('link', { name: '93939393' }).first()
    assert.match((await link.getAttribute('href')) ?? '', /\/devices\?tac=93939393$/)
    await page.getByText(/The catalogue knows \d+ TACs. One command on the server adds about 22,500/).waitFor()
    await page.getByText('npx handset catalogue import osmocom').waitFor()
  })

  it('leads to the devices behind each bar, also the unknown ones, and behind each period', async () => {
    await importModels(console.context, [
      { tac: '70000043', brand: 'Foo', name: 'Undecided', type: 'smartphone', simTypes: [] },
    ])
    const listed = await console.addProject('listed', 'test')
    await createDevice(listed, { imei: '492388841798923', name: 'Known' })
    // More than the statistics list.
    const unknown = Array.from({ length: 51 }, (_, at) => ({
      imei: makeImei(`700001${10 + at}`),
      name: `Unknown ${at}`,
    }))
    await fillDevices(console.context, listed, unknown)
    await createDevice(listed, { imei: makeImei('70000043'), name: 'Undecided' })
    const page = await console.open('/overview', { project: listed })
    const countAfter = async (part: string, link: string | RegExp, count: string) => {
      await page.getByRole('region', { name: part }).getByRole('link', { name: link }).first().click()
      await page.getByText(count, { exact: true }).waitFor()
      await page.goBack()
      await page.getByText('The project has 53 devices.').waitFor()
    }
    await countAfter('Takes an eSIM', 'yes', '1 device')
    await countAfter('Takes an eSIM', 'unknown', '52 devices')
    await countAfter('Brand', 'unknown', '51 devices')
    await countAfter('Type', 'unknown', '51 devices')
    await page.getByRole('region', { name: 'Devices over time' }).getByText('Figures').click()
    // The devices may have been registered in different minutes.
    await page
      .getByRole('region', { name: 'Devices over time' })
      .getByRole('link', { name: /20\d\d/ })
      .first()
      .click()
    await page.locator('tbody tr').first().waitFor()
  })
})

describe('the first load', { skip: noBrowser }, () => {
  it('paints the name before it knows who is signed in', async () => {
    const page = await console.open('')
    const answer = Promise.withResolvers<void>()
    await page.route('**/console/session', (route) => answer.promise.then(() => route.continue()))
    await page.reload()
    const painted = () => page.evaluate(`getComputedStyle(document.body, '::before').content`)
    assert.equal(await painted(), '"Handset"')
    answer.resolve()
    await page.getByRole('heading', { level: 1 }).waitFor()
    assert.equal(await painted(), 'none')
  })

  it('transfers at most 53 kB in six files, without the responses of the API', async () => {
    const page = await console.open('', { anew: true })
    await page.getByRole('region', { name: 'Newest devices' }).getByRole('link', { name: 'Gerds iPhone' }).waitFor()
    const total = await page.evaluate<number>(
      `[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .filter(({ name }) => name.includes('/console'))
        .reduce((sum, { transferSize }) => sum + transferSize, 0)`,
    )
    assert.ok(total > 20_000, `${total} bytes were counted`)
    assert.ok(total <= 53_000, `the first load is ${total} bytes`)
    // Browsers load six files at a time. A seventh would wait for the others.
    const files = await page.evaluate<string[]>(
      `performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.includes('/assets/'))`,
    )
    assert.ok(files.length <= 6, files.join(' '))
  })
})
