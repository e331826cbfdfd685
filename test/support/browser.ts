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

/** What can be changed in an open tab. */
interface Look {
  viewport?: BrowserContextOptions['viewport'] | undefined
  colorScheme?: BrowserContextOptions['colorScheme'] | undefined
  forcedColors?: BrowserContextOptions['forcedColors'] | undefined
}

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
  const signedInWith = new WeakMap<Page, string | null>()
  let launched: Promise<Browser> | undefined
  after(async () => {
    await (await launched)?.close()
    assert.deepEqual(complaints, [])
  })

  function watch(page: Page): void {
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
   * Returns the tab of a context, signed in with this key. It is used again for as many tests as possible, since a new one
   * takes three times as long as the page itself. The next page starts anew, without routes, listeners and stored values.
   */
  async function takePage(context: BrowserContext, token: string | null, look: Look): Promise<Page> {
    const [page = await context.newPage(), ...others] = context.pages()
    await Promise.all(others.map((other) => other.close()))
    page.setDefaultTimeout(DEADLINE)
    page.removeAllListeners()
    watch(page)
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    await page.emulateMedia({ colorScheme: look.colorScheme ?? null, forcedColors: look.forcedColors ?? null })
    await page.setViewportSize(look.viewport ?? DEFAULT_VIEWPORT)
    if (page.url().startsWith(server.url)) await page.evaluate('localStorage.clear(); sessionStorage.clear()')
    if (token === null || signedInWith.get(page) !== token) {
      await forgetSession(page)
      if (token !== null) await signIn(page, token)
      // Without a token, the test itself signs in.
      signedInWith.set(page, token)
    }
    return page
  }

  async function forgetSession(page: Page): Promise<void> {
    // The page that is left must not notice that its session ends.
    await page.goto('about:blank')
    await page.context().clearCookies()
  }

  async function signIn(page: Page, token: string): Promise<void> {
    const headers = { authorization: `Bearer ${token}`, 'x-handset-console': '1' }
    const response = await page.request.post(`${server.url}/console/session`, { headers })
    assert.equal(response.status(), 201)
  }

  return {
    ...server,
    project,
    async open(path, { project: shown = project, signedIn = true, anew = false, ...options } = {}) {
      launched ??= launchChromium()
      const { viewport, colorScheme, forcedColors, ...others } = options
      const kind = JSON.stringify(others)
      const context =
        (!anew && contexts.get(kind)) || (await (await launched).newContext({ locale: 'en-GB', ...others }))
      contexts.set(kind, context)
      const page = await takePage(context, signedIn ? shown.token : null, { viewport, colorScheme, forcedColors })
      await page.goto(`${server.url}/console${path}`)
      return page
    },
  }
}

/** Goes to a path of the console without loading the page again, which takes a third of the time. */
export async function go(page: Page, path: string): Promise<void> {
  await page.evaluate(
    `history.pushState(null, '', ${JSON.stringify(`/console${path}`)}); dispatchEvent(new PopStateEvent('popstate'))`,
  )
}
