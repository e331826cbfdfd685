import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { noBrowser, startConsole } from '../support/browser.ts'
import { createDevice, createSim, createUser, makeImei } from '../support/factories.ts'

// Counts what a support agent does for each task of docs/decisions/console.md, as the page sees it.

const console = await startConsole()

const notice = (page: Page, text: string | RegExp) => page.locator('.notice').getByText(text)
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

/** What the person did on the page. A text is pasted or typed as a whole. */
interface Counts {
  clicks: number
  texts: number
  keys: number
  /** The pages that were shown, the first one included. */
  pages: number
}

const COUNTER = `(() => {
  const counts = (window.counts = { clicks: 0, texts: 0, keys: 0, pages: 1 })
  // A click by keyboard has no detail.
  addEventListener('click', ({ detail }) => { if (detail > 0) counts.clicks++ }, true)
  addEventListener('beforeinput', ({ data }) => { if ((data ?? '').length > 1) counts.texts++ }, true)
  addEventListener('keydown', () => counts.keys++, true)
  let path = location.pathname
  addEventListener('handset:route', () => { if (location.pathname !== path) counts.pages++; path = location.pathname })
})()`

/** A user with a phone and its SIM, in a project of their own. */
async function createCustomer(id: string) {
  const project = await console.addProject(id, 'test')
  const user = await createUser(project, { fullName: 'Anna Dubois' })
  await createUser(project, { fullName: 'Annabel Ducat' })
  const sim = await createSim(project, { status: 'active' })
  const phone = await createDevice(project, { name: 'Galaxy of Anna', user: user.id, sims: [sim.id] })
  return { project, user, sim, phone }
}

type Customer = Awaited<ReturnType<typeof createCustomer>>

interface Task {
  title: string
  path: (customer: Customer) => string
  /** What must exist before. */
  prepare?: (customer: Customer) => Promise<unknown>
  run: (page: Page, customer: Customer) => Promise<unknown>
  expected: Counts
}

const paste = (page: Page, text: string) => page.keyboard.insertText(text)
/** Clicks a button that opens a form, whose first field then has the focus. */
async function open(page: Page, name: string, field: string | RegExp) {
  await button(page, name).click()
  await page.getByLabel(field).and(page.locator(':focus')).waitFor()
}
const enter = (page: Page) => page.keyboard.press('Enter')

const TASKS: readonly Task[] = [
  {
    title: 'from the name of a caller to her new phone',
    path: () => '',
    async run(page) {
      await paste(page, 'anna dub')
      await page.getByRole('option', { name: /Anna Dubois/ }).waitFor()
      await enter(page)
      await open(page, 'Replace phone', 'IMEI of the new phone')
      await paste(page, makeImei('35187676'))
      await enter(page)
      await notice(page, /^Replaced Galaxy of Anna with/).waitFor()
    },
    expected: { clicks: 1, texts: 2, keys: 2, pages: 2 },
  },
  {
    title: 'replace a phone',
    path: ({ user }) => `/users/${user.id}`,
    async run(page) {
      await open(page, 'Replace phone', 'IMEI of the new phone')
      await paste(page, makeImei())
      await enter(page)
      await notice(page, /^Replaced/).waitFor()
    },
    expected: { clicks: 1, texts: 1, keys: 1, pages: 1 },
  },
  {
    title: 'give a user another phone',
    path: ({ user }) => `/users/${user.id}`,
    async run(page) {
      await open(page, 'Add a phone', 'IMEI of the phone')
      await paste(page, makeImei())
      await enter(page)
      await notice(page, /^Anna Dubois has/).waitFor()
    },
    expected: { clicks: 1, texts: 1, keys: 1, pages: 1 },
  },
  {
    title: 'give a user another phone with the SIM',
    path: ({ user }) => `/users/${user.id}`,
    async run(page, { sim }) {
      await open(page, 'Add a phone', 'IMEI of the phone')
      await paste(page, makeImei())
      await button(page, `Move the eSIM ending in ${sim.iccid.slice(-4)}`).click()
      await button(page, 'Add it for Anna Dubois').click()
      await notice(page, /^Anna Dubois has/).waitFor()
    },
    expected: { clicks: 3, texts: 1, keys: 0, pages: 1 },
  },
  {
    title: 'move a SIM to another phone',
    path: ({ sim }) => `/sims/${sim.id}`,
    prepare: ({ project }) => createDevice(project, { name: 'Loaner', imei: '490154203237518' }),
    async run(page) {
      await open(page, 'Move to another phone', 'The phone')
      await paste(page, '490154203237518')
      await enter(page)
      await button(page, 'Put it into Loaner').and(page.locator(':focus')).waitFor()
      await enter(page)
      await notice(page, 'The SIM is in Loaner now.').waitFor()
    },
    expected: { clicks: 1, texts: 1, keys: 2, pages: 1 },
  },
  {
    title: 'take a SIM out',
    path: ({ sim }) => `/sims/${sim.id}`,
    async run(page) {
      await button(page, 'Take out').click()
      await notice(page, /^Taken out/).waitFor()
    },
    expected: { clicks: 1, texts: 0, keys: 0, pages: 1 },
  },
  {
    title: 'delete a SIM that is in a phone',
    path: ({ sim }) => `/sims/${sim.id}`,
    async run(page, { sim }) {
      await page.getByRole('link', { name: 'Galaxy of Anna' }).waitFor()
      await button(page, 'Delete SIM').click()
      await page.getByText('This SIM is in Galaxy of Anna. Take it out first.').waitFor()
      await button(page, 'Take it out').click()
      await page.getByLabel('Type the ICCID to delete it').and(page.locator(':focus')).waitFor()
      await paste(page, sim.iccid)
      await enter(page)
      await notice(page, `Deleted ${sim.iccid}.`).waitFor()
    },
    expected: { clicks: 2, texts: 1, keys: 1, pages: 2 },
  },
  {
    title: 'assign 20 devices to a user',
    path: () => '/devices?q=tablet',
    async prepare({ project }) {
      for (let made = 0; made < 20; made++) await createDevice(project, { name: `Tablet ${made}` })
    },
    async run(page, { user }) {
      await page.getByRole('checkbox', { name: 'Select all 20 rows that are shown' }).click()
      await open(page, 'Assign to a user', 'The user')
      await paste(page, user.email)
      await enter(page)
      await notice(page, 'Assigned 20 devices to Anna Dubois.').waitFor()
    },
    expected: { clicks: 2, texts: 1, keys: 1, pages: 1 },
  },
  {
    title: 'see who changed a device',
    path: ({ phone }) => `/devices/${phone.id}`,
    async run(page) {
      await page.getByRole('link', { name: 'History', exact: true }).click()
      await page.getByText('by the key “test”').first().waitFor()
    },
    expected: { clicks: 1, texts: 0, keys: 0, pages: 1 },
  },
  {
    title: 'get a deleted device back',
    path: () => '/events',
    prepare: ({ project, phone }) => project.call('DELETE', `./devices/${phone.id}`),
    async run(page) {
      await button(page, 'Register it again, with a new id').click()
      await notice(page, /^Added again/).waitFor()
    },
    expected: { clicks: 1, texts: 0, keys: 0, pages: 2 },
  },
]

describe('a task', { skip: noBrowser }, () => {
  for (const [number, { title, path, prepare, run, expected }] of TASKS.entries()) {
    it(`takes as many actions as the documentation says: ${title}`, async (test) => {
      const customer = await createCustomer(`customer-${number}`)
      await prepare?.(customer)
      const page = await console.open(path(customer), { project: customer.project })
      await page.locator('h1').waitFor()
      await page.locator('.loading').first().waitFor({ state: 'detached' })
      await page.evaluate(COUNTER)
      const start = performance.now()
      await run(page, customer)
      const counts = await page.evaluate<Counts>('window.counts')
      test.diagnostic(`${JSON.stringify(counts)}, ${((performance.now() - start) / 1_000).toFixed(1)} s by machine`)
      assert.deepEqual(counts, expected)
    })
  }
})
