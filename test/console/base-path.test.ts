import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { noBrowser } from '../support/browser.ts'
import { launchChromium } from '../support/chromium.ts'
import { createDevice } from '../support/factories.ts'
import { startPathProxy } from '../support/path-proxy.ts'
import { startServer } from '../support/server.ts'

const server = await startServer({ settings: { publicUrl: 'https://ops.example/tools/handset' } })
const project = await server.addProject('acme', 'test')
const device = await createDevice(project, { imei: '492388841798923', name: 'Gerds iPhone' })

for (const strips of [true, false]) {
  describe(`behind a proxy that ${strips ? 'removes' : 'keeps'} the path /tools/handset`, {
    skip: noBrowser,
  }, async () => {
    const url = await startPathProxy(() => server.url, { path: '/tools/handset', strips })
    const faults: string[] = []
    let browser: Browser
    before(async () => {
      browser = await launchChromium()
    })
    after(() => browser.close())

    async function open(path: string): Promise<Page> {
      const page = await browser.newPage()
      page.on('pageerror', (error) => faults.push(String(error)))
      page.on('request', (request) => {
        if (!/^(?:blob|data):/.test(request.url()) && !request.url().startsWith(`${url}/`)) faults.push(request.url())
      })
      page.on('response', (response) => {
        if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`)
      })
      await page.goto(url + path)
      return page
    }

    const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()

    for (const start of ['/console', '/console/']) {
      it(`the console works from ${start}, with its links, its fonts and its own addresses`, async () => {
        const page = await open(start)
        await page.getByLabel('API key').fill(project.token)
        await page.keyboard.press('Enter')
        await page.getByRole('link', { name: 'Gerds iPhone' }).click()
        await heading(page, 'Gerds iPhone')
        assert.equal(page.url(), `${url}/console/devices/${device.id}`)
        await page.reload()
        await heading(page, 'Gerds iPhone')
        await page.getByRole('link', { name: 'Overview' }).first().click()
        await heading(page, /Overview/)
        assert.equal(page.url(), `${url}/console/overview`)
        assert.equal(
          await page.evaluate('document.fonts.check("16px Inter Variable") || document.fonts.size > 0'),
          true,
        )
        await page.close()
        assert.deepEqual(faults, [])
      })
    }

    it('the reference works, with its links to the documents', async () => {
      const page = await open('/reference')
      await heading(page, 'API reference')
      const href = await page.getByRole('link', { name: 'openapi.json' }).getAttribute('href')
      assert.equal(new URL(href ?? '', page.url()).href, `${url}/openapi.json`)
      await page.close()
      assert.deepEqual(faults, [])
    })
  })
}
