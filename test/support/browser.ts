import assert from 'node:assert/strict'
import { after } from 'node:test'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { executablePath, launchChromium } from './chromium.ts'
import { type ServerOptions, startServer, type TestProject, type TestServer } from './server.ts'

/** Why the console tests are skipped, or false if they run. They must run in CI. */
export const noBrowser = executablePath === undefined && 'NOT RUN: no Chromium found; set HANDSET_TEST_BROWSER=path'
if (noBrowser) {
  assert.ok(!process.env.CI, noBrowser)
  console.error(`The console tests are ${noBrowser}`)
}

const DEFAULT_VIEWPORT = { width: 1280, height: 720 }

/** A generous limit for slow machines; nothing that works waits this long. */
const DEADLINE = Number(process.env.HANDSET_TEST_DEADLINE ?? 60_000)

export interface ConsoleOptions extends BrowserContextOptions {
  project?: TestProject
  /** Whether the browser is already signed in to the project. */
  signedIn?: boolean
  /** Whether the cache of previously opened pages must be empty. */
  anew?: boolean
}

export interface TestConsole extends TestServer {
  project: TestProject
  /** Opens a path below `/console` in a signed-in tab, replacing the page that was open. */
  open(path: string, options?: ConsoleOptions): Promise<Page>
}

/**
 * A server with a test project, and a browser to open its console in, for one test file. At the end, it fails if a page
 * called another server, violated the Content-Security-Policy or threw.
 */
export async function startConsole(options: ServerOptions = {}): Promise<TestConsole> {
  const server = await startServer(options)
  const project = await server.addProject('support', 'test')
  const complaints: string[] = []
  const contexts = new Map<string, BrowserContext>()
  const signedInWith = new WeakMap<Page, string>()
  let launched: Promise<Browser> | undefined
  after(async () => {
    await (await launched)?.close()
    assert.deepEqual(complaints, [])
  })

  function watch(page: Page): void {
    page.setDefaultTimeout(DEADLINE)
    page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error}`))
    page.on('console', (message) => {
      if (/Content.Security.Policy|TrustedHTML/i.test(message.text())) complaints.push(message.text())
    })
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url())
      if (origin !== server.url && protocol !== 'blob:') complaints.push(`asked ${request.url()}`)
    })
  }

  /**
   * Returns a fresh tab. A tab signed in with the same key is reused, which takes a third of the time of a new one;
   * nothing of the previous page remains.
   */
  async function takePage(
    context: BrowserContext,
    token: string | null,
    { viewport = DEFAULT_VIEWPORT }: BrowserContextOptions,
  ): Promise<Page> {
    const [before] = context.pages()
    if (before !== undefined && token !== null && signedInWith.get(before) === token) {
      await before.unrouteAll({ behavior: 'ignoreErrors' })
      await before.emulateMedia({ colorScheme: null })
      if (viewport !== null) await before.setViewportSize(viewport)
      return before
    }
    await Promise.all(context.pages().map((page) => page.close()))
    const page = await context.newPage()
    watch(page)
    await context.clearCookies()
    if (token !== null) await signIn(page, token)
    return page
  }

  async function signIn(page: Page, token: string): Promise<void> {
    const headers = { authorization: `Bearer ${token}`, 'x-handset-console': '1' }
    const response = await page.request.post(`${server.url}/console/session`, { headers })
    assert.equal(response.status(), 201)
    signedInWith.set(page, token)
  }

  return {
    ...server,
    project,
    async open(path, { project: shown = project, signedIn = true, anew = false, ...options } = {}) {
      launched ??= launchChromium()
      const kind = JSON.stringify(options)
      const context =
        (!anew && contexts.get(kind)) || (await (await launched).newContext({ locale: 'en-GB', ...options }))
      contexts.set(kind, context)
      const page = await takePage(context, signedIn ? shown.token : null, options)
      await page.goto(`${server.url}/console${path}`)
      return page
    },
  }
}
