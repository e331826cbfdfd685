import assert from 'node:assert/strict'
import { after } from 'node:test'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { executablePath, launchChromium } from './chromium.ts'
import { startServer, type TestProject, type TestServer } from './server.ts'

/** Why the tests of the console are not run, or false where they are. In CI they must be. */
export const noBrowser = executablePath === undefined && 'NOT RUN: no Chromium found; set HANDSET_TEST_BROWSER=path'
if (noBrowser) {
  assert.ok(!process.env.CI, noBrowser)
  console.error(`The tests of the console are ${noBrowser}`)
}

const DEFAULT_VIEWPORT = { width: 1280, height: 720 }

/** A busy machine may be slow; nothing that works waits for this. */
const DEADLINE = 60_000

export interface ConsoleOptions extends BrowserContextOptions {
  project?: TestProject
  /** Whether the tab has the project's key already. */
  signedIn?: boolean
  /** Whether nothing may be cached from pages that were opened before. */
  anew?: boolean
}

export interface TestConsole extends TestServer {
  project: TestProject
  /** Opens a path below `/console` in a tab, signed in; it takes the place of the page that was opened before. */
  open(path: string, options?: ConsoleOptions): Promise<Page>
}

/**
 * A server with a test project, and a browser to open its console in, for a test file. At the end no page may have asked
 * anything of another server, broken the Content-Security-Policy, or thrown.
 */
export async function startConsole(): Promise<TestConsole> {
  const server = await startServer()
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
   * The tab of a context, as new. One that is signed in with the same key is used again, which takes a third of the
   * time that a new one does: of a page before nothing is left in it.
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
    if (token !== null) await signIn(page, token)
    return page
  }

  async function signIn(page: Page, token: string): Promise<void> {
    await page.addInitScript(`sessionStorage.setItem('handset.key', ${JSON.stringify(token)})`)
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
