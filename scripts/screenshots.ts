import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { launchChromium } from '../test/support/chromium.ts'

// Takes the README's screenshots of the console, from its own server with seeded data: `npm run screenshots`.
// With a directory, it takes every page and its states instead, light and dark, and 360 and 1920 pixels wide, for review:
// `npm run screenshots -- /tmp/pages`. Names of pages after the directory restrict it to those.

const ROOT = join(import.meta.dirname, '..')
const SEEDING = ['seed', '--project', 'demo', '--devices', '900', '--seed', '11']

const WIDTH = 1180
/** The tallest picture, in pixels. Lists are longer. */
const TALLEST = 1_600

/** How long a busy machine may take to show a page, in milliseconds. */
const PATIENCE = 180_000

interface Look {
  viewport: { width: number; height: number }
  colorScheme: 'light' | 'dark'
}

const LOOKS: Record<string, Look> = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  wide: { colorScheme: 'light', viewport: { width: 1920, height: 1080 } },
  narrow: { colorScheme: 'light', viewport: { width: 360, height: 740 } },
}

/** A page of the console, or another page that the server serves. */
interface View {
  path: string
  /** The key in the tab: that of the seeded project by default, none for null. */
  key?: string | null
  /** What to do on the page before taking the picture. */
  act?: (page: Page) => Promise<unknown>
}

const [directory, ...names] = process.argv.slice(2)
const data = await mkdtemp(join(tmpdir(), 'handset-screenshots-'))
const server = spawnHandset(['serve', '--port', '0', '--json'])
try {
  const { address, key } = JSON.parse(await firstDocument(server.stdout)) as { address: string; key: string }
  await runHandset(SEEDING)
  await takeAll(address, key)
} finally {
  server.kill()
  await once(server, 'close')
  await rm(data, { recursive: true })
}

function spawnHandset(words: readonly string[]) {
  const env = { ...process.env, HANDSET_DATA: data, DATABASE_URL: '', LOG_LEVEL: 'error' }
  return spawn(process.execPath, [join(ROOT, 'bin/handset.js'), ...words], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** The output of a command, which must succeed. */
async function runHandset(words: readonly string[]): Promise<string> {
  const command = spawnHandset(words)
  const closed = once(command, 'close')
  const output = (await command.stdout.toArray()).join('')
  if ((await closed)[0] !== 0) throw new Error(`failed: handset ${words.join(' ')}`)
  return output
}

async function firstDocument(output: AsyncIterable<Buffer>): Promise<string> {
  let text = ''
  for await (const piece of output) {
    text += piece
    if (text.endsWith('}\n')) break
  }
  return text
}

async function takeAll(url: string, key: string): Promise<void> {
  const browser = await launchChromium()
  try {
    const ask = createAsk(url, key)
    const device = await findDevice(ask)
    if (directory === undefined) {
      const images = join(ROOT, 'docs/images')
      await mkdir(images, { recursive: true })
      const tall = (height: number): Look => ({ colorScheme: 'light', viewport: { width: WIDTH, height } })
      await take(
        browser,
        url,
        key,
        { path: `/console/search?q=${device.imei}` },
        tall(540),
        `${images}/console-search.png`,
      )
      await take(browser, url, key, { path: '/console/overview' }, tall(975), `${images}/console-overview.png`)
      return
    }
    await mkdir(directory, { recursive: true })
    for (const [name, view] of Object.entries({ ...(await pages(ask, device)), ...(await moments(ask, device)) })) {
      if (names.length > 0 && !names.includes(name)) continue
      await takeLooks(browser, url, key, view, join(directory, name))
    }
  } finally {
    await browser.close()
  }
}

// biome-ignore lint/suspicious/noExplicitAny: any seeded object will do
type Ask = (method: string, path: string, body?: object) => Promise<any>

/** Sends requests to the API of the seeded project. */
function createAsk(url: string, key: string): Ask {
  return async (method, path, body) => {
    const answer = await fetch(`${url}/projects/demo${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`)
    return answer.json()
  }
}

interface Named {
  name: string | null
  sims: readonly { status: string }[]
}

/** A device that has every property. */
async function findDevice(ask: Ask) {
  const { items } = await ask('GET', '/devices?type=smartphone&simType=eSIM&brand=Apple&limit=100')
  return items.find(({ name, sims }: Named) => name && sims[0]?.status === 'active')
}

/** Every page as it first appears. */
async function pages(ask: Ask, device: Awaited<ReturnType<typeof findDevice>>): Promise<Record<string, View>> {
  const [sim] = (await ask('GET', '/sims?status=active')).items
  const endpoint = await ask('POST', '/webhookEndpoints', {
    url: 'https://hooks.example.com/handset/phones',
    description: 'The billing system, which needs every change of a SIM',
  })
  return {
    'sign-in': { path: '/console', key: null },
    home: { path: '/console' },
    search: { path: `/console/search?q=${device.imei}` },
    'search-unregistered': { path: '/console/search?q=492388840000008' },
    'search-misfit': { path: '/console/search?q=492388840000000' },
    'search-unknown-model': { path: '/console/search?q=001017770000006' },
    'search-no-sim': { path: '/console/search?q=8988307000000000000' },
    'search-no-user': { path: '/console/search?q=nobody@example.com' },
    'search-nonsense': { path: '/console/search?q=nonsense' },
    devices: { path: '/console/devices' },
    'devices-filtered': { path: '/console/devices?brand=Apple&tac=123' },
    'devices-none': { path: '/console/devices?q=zzz' },
    device: { path: `/console/devices/${device.id}` },
    'device-gone': { path: `/console/devices/dev_${'0'.repeat(28)}` },
    'device-history': {
      path: `/console/devices/${device.id}?tab=history`,
      act: (page) => page.locator('.event').first().waitFor(),
    },
    register: { path: '/console/devices/new' },
    users: { path: '/console/users', act: (page) => page.locator('td[data-title=Devices] a').first().waitFor() },
    user: { path: `/console/users/${device.user.id}` },
    'new-user': { path: '/console/users/new' },
    sims: { path: '/console/sims', act: (page) => page.locator('td[data-title=User] a').first().waitFor() },
    sim: { path: `/console/sims/${sim.id}` },
    'new-sim': { path: '/console/sims/new' },
    models: { path: '/console/models' },
    model: { path: `/console/models/${device.model.id}` },
    overview: { path: '/console/overview', act: (page) => page.locator('.growth').waitFor() },
    import: { path: '/console/import' },
    'import-sims': { path: '/console/import?kind=sims' },
    events: { path: '/console/events', act: (page) => page.locator('.event').first().waitFor() },
    webhooks: { path: '/console/webhooks' },
    webhook: { path: `/console/webhooks/${endpoint.id}` },
    'devices-unknown': { path: '/console/devices?model=unknown' },
    'search-words': { path: '/console/search?q=rosa' },
    'search-several': { path: `/console/search?q=490154203237518%2C+${device.imei}` },
    nowhere: { path: '/console/nowhere' },
  }
}

/** Pages in use, and pages that show a problem. */
async function moments(ask: Ask, device: Awaited<ReturnType<typeof findDevice>>): Promise<Record<string, View>> {
  await runHandset(['projects', 'create', 'empty', '--type', 'live', '--name', 'Nothing yet'])
  const { token: key } = JSON.parse(
    await runHandset(['keys', 'create', '--project', 'empty', '--name', 'look', '--json']),
  )
  const viewer = await runHandset([
    'keys',
    'create',
    '--project',
    'demo',
    '--name',
    'Reader',
    '--role',
    'viewer',
    '--json',
  ])
  const user = await ask('POST', '/users', { email: 'layla@example.com', fullName: 'ليلى حسن' })
  const rightToLeft = await ask('POST', '/devices', { imei: '352934110000013', name: 'هاتف ليلى', user: user.id })
  const newcomer = await ask('POST', '/users', { email: 'new@example.com' })
  const [taken] = (await ask('GET', '/sims?status=active')).items
  const long = 'Loaner of the shop at the Central Station, second floor, drawer on the left, with a cracked screen '
  const crowded = await ask('POST', '/devices', {
    imei: '001017770000014',
    name: (long + long).trim(),
    user: device.user.id,
    metadata: {
      ticket: 'https://tickets.example.com/browse/SUPPORT-48213?focusedCommentId=1234567&page=comment-tabpanel',
      'a-key-of-forty-characters-which-is-much!': 'short',
      note: long + long,
      empty: '',
    },
  })
  const type = (text: string, then: string) => async (page: Page) => {
    await page.getByRole('combobox', { name: 'Name, e-mail' }).fill(text)
    await page.locator(then).filter({ hasText: /./ }).first().waitFor()
  }
  const click = (page: Page, name: string) => page.getByRole('button', { name }).first().click()
  const choose = (page: Page, lines: readonly string[]) =>
    page
      .getByLabel('Choose a file')
      .setInputFiles({ name: 'phones.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\r\n')) })
  const CSV = [
    'imei;name;user;iccids;metadata.shop;metadata.note',
    '492388841798923;Jerrys iPhone;jerry@example.com;;Berlin;new',
    '4923;;;;;',
    '492388841798924;Anna;;;;',
    `${device.imei};${device.name};;;;`,
    '356938035643809;Lost',
  ]
  return {
    'typing-13': { path: '/console', act: type('49 238884 179 89', '.remark') },
    'typing-misfit': { path: '/console', act: type('492388841798924', '.verdict') },
    'typing-imeisv': { path: '/console', act: type('49-238884-179892-07', '.verdict') },
    'typing-iccid': { path: '/console', act: type('8988 3070 0000 0753 7119', '.empty') },
    'typing-letters': { path: '/console', act: type('49238B841798924', '.remark') },
    'sign-in-bad-key': {
      path: '/console',
      key: null,
      async act(page) {
        await page.getByLabel('API key').fill('hsk_wrong')
        await page.keyboard.press('Enter')
        await page.locator('.field-problem').waitFor()
      },
    },
    'signed-out': { path: '/console', key: 'hsk_revoked', act: (page) => page.getByLabel('API key').waitFor() },
    'server-gone': {
      path: '/console',
      async act(page) {
        await page.route('**/projects/**', (route) => route.abort())
        await page.evaluate(`document.querySelector('nav a[href$="/devices"]').click()`)
        await page.locator('.failure').waitFor()
      },
    },
    'empty-home': { path: '/console', key },
    'empty-devices': { path: '/console/devices', key },
    'empty-users': { path: '/console/users', key },
    'empty-sims': { path: '/console/sims', key },
    'empty-overview': { path: '/console/overview', key },
    'empty-misfit': { path: '/console/search?q=492388841798924', key },
    'device-crowded': { path: `/console/devices/${crowded.id}` },
    'device-forms': {
      path: `/console/devices/${device.id}`,
      async act(page) {
        for (const name of ['Rename', 'Change user', 'Attach a SIM', 'Edit metadata']) await click(page, name)
        await page.getByLabel('E-mail of the user').fill('stranger@example.com')
        await page.keyboard.press('Enter')
        await page.getByLabel('ICCID of the SIM').fill(taken.iccid)
        await page.keyboard.press('Enter')
        await page.getByRole('button', { name: 'Move it here' }).waitFor()
      },
    },
    'device-detached': {
      path: `/console/devices/${device.id}`,
      async act(page) {
        await page.route('**/devices/dev_*', async (route) => {
          if (route.request().method() === 'GET') return route.continue()
          await route.fulfill({ json: { ...device, sims: [] } })
        })
        await click(page, 'Take out')
        await page.locator('.notice').waitFor()
      },
    },
    'user-replace': {
      path: `/console/users/${device.user.id}?task=replace`,
      async act(page) {
        await page.getByLabel('IMEI of the new phone').fill('352934110000005')
        await page.locator('.phone-answer').waitFor()
      },
    },
    'user-replace-taken': {
      path: `/console/devices/${device.id}?task=replace`,
      async act(page) {
        await page.getByLabel('IMEI of the new phone').fill(crowded.imei)
        await page.locator('.caution').waitFor()
      },
    },
    'user-add-phone': {
      path: `/console/users/${device.user.id}?task=add-phone`,
      act: (page) => page.getByRole('button', { name: 'Move the' }).first().click(),
    },
    'sim-put-in': {
      path: `/console/sims/${device.sims[0].id}?task=put-in`,
      async act(page) {
        await page.getByLabel('The phone').fill('Sofia')
        await page.locator('.hit').first().waitFor()
      },
    },
    'sim-delete': {
      path: `/console/sims/${device.sims[0].id}`,
      async act(page) {
        await page.getByRole('button', { name: 'Take out' }).waitFor()
        await click(page, 'Delete SIM')
      },
    },
    'device-delete': {
      path: `/console/devices/${device.id}`,
      async act(page) {
        await click(page, 'Delete device')
        await page.getByRole('dialog').getByRole('textbox').fill(device.name)
      },
    },
    'register-taken': {
      path: `/console/devices/new?imei=${device.imei}`,
      async act(page) {
        await click(page, 'Register')
        await page.locator('.field-problem').waitFor()
      },
    },
    'register-strangers': {
      path: '/console/devices/new?imei=492388841798923',
      async act(page) {
        await page.getByLabel('E-mail of its user').fill('stranger@example.com')
        await page.getByLabel('ICCID of its SIM').fill('8988 3070 0000 0753 7110')
        await click(page, 'Register')
        await page.locator('.field-problem').nth(1).waitFor()
      },
    },
    'import-preview': {
      path: '/console/import',
      async act(page) {
        await choose(page, CSV)
        await page.locator('.preview').waitFor()
      },
    },
    'import-running': {
      path: '/console/import',
      async act(page) {
        await page.route('**/devices/import', () => {})
        await choose(page, CSV)
        await click(page, 'Import')
        await page.getByRole('button', { name: 'Stop' }).waitFor()
      },
    },
    'import-done': {
      path: '/console/import',
      async act(page) {
        await choose(page, CSV)
        await click(page, 'Import')
        await page.locator('.rejects').waitFor()
      },
    },
    'import-wrong': {
      path: '/console/import',
      async act(page) {
        await choose(page, ['serial,name', '1,2'])
        await page.locator('.failure').waitFor()
      },
    },
    'import-checked': {
      path: '/console/import',
      async act(page) {
        await choose(page, CSV)
        await click(page, 'Check without')
        await page.locator('.rejects').waitFor()
      },
    },
    'user-new': { path: `/console/users/${newcomer.id}` },
    'right-to-left': { path: `/console/devices/${rightToLeft.id}` },
    viewer: { path: `/console/devices/${device.id}`, key: JSON.parse(viewer).token },
    typeahead: { path: '/console', act: (page) => type('rosa', '.hit')(page) },
    'bulk-selected': {
      path: '/console/devices',
      async act(page) {
        for (const row of [1, 2, 3])
          await page.evaluate(`document.querySelectorAll('tbody [type=checkbox]')[${row}]?.click()`)
        await page.evaluate(
          `[...document.querySelectorAll('button')].find((b) => b.textContent === 'Assign to a user')?.click()`,
        )
      },
    },
    shortcuts: { path: '/console/devices', act: (page) => page.keyboard.press('?') },
    deeds: {
      path: '/console/devices',
      act: (page) => page.evaluate(`document.querySelector('[aria-label="What did I do"]').click()`),
    },
    'second-project': {
      path: '/console/devices',
      act: (page) =>
        page.evaluate(
          `[...document.querySelectorAll('button')].find((b) => /another project/.test(b.textContent)).click()`,
        ),
    },
    menu: { path: '/console', act: (page) => page.evaluate(`document.querySelector('.menu-button').click()`) },
  }
}

/** Takes one picture of the part of a view that fits into the window. */
async function take(browser: Browser, url: string, seeded: string, view: View, look: Look, file: string) {
  const page = await openView(browser, url, seeded, view, look)
  await writeFile(file, await page.screenshot({ animations: 'disabled' }))
  await page.context().close()
}

/** Takes a picture of a view in each look, with what is below the window up to `TALLEST`. The view is opened once. */
async function takeLooks(browser: Browser, url: string, seeded: string, view: View, file: string): Promise<void> {
  const page = await openView(browser, url, seeded, view, LOOKS.light as Look)
  for (const [name, { viewport, colorScheme }] of Object.entries(LOOKS)) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize(viewport)
    const content = await page.evaluate<number>('document.documentElement.scrollHeight')
    const clip = { x: 0, y: 0, width: viewport.width, height: Math.min(content, TALLEST) }
    await writeFile(`${file}-${name}.png`, await page.screenshot({ animations: 'disabled', fullPage: true, clip }))
  }
  await page.context().close()
}

async function openView(
  browser: Browser,
  url: string,
  seeded: string,
  { path, key = seeded, act }: View,
  look: Look,
): Promise<Page> {
  const context = await browser.newContext({ ...look, locale: 'en-GB' })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE)
  if (key !== null) await page.request.post(`${url}/console/session`, { headers: { authorization: `Bearer ${key}` } })
  await page.goto(url + path)
  await page.locator('h1').first().waitFor()
  await page.locator('.loading').first().waitFor({ state: 'detached' })
  await act?.(page)
  await page.evaluate('document.fonts.ready.then(() => true)')
  return page
}
