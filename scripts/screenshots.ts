import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContextOptions } from 'playwright-core'
import { launchChromium } from '../test/support/chromium.ts'

// Takes the README's pictures of the console, of a server of its own with seeded data: `npm run screenshots`.
// With a directory it takes every page instead, light, dark and 360 pixels wide, to be looked at:
// `npm run screenshots -- /tmp/pages`.

const ROOT = join(import.meta.dirname, '..')
const SEEDING = ['seed', '--project', 'demo', '--devices', '900', '--seed', '11']

const WIDTH = 1180
const WIDE: BrowserContextOptions = { viewport: { width: WIDTH, height: 720 }, locale: 'en-GB' }

const LOOKS: Record<string, BrowserContextOptions> = {
  light: { ...WIDE, colorScheme: 'light' },
  dark: { ...WIDE, colorScheme: 'dark' },
  narrow: { ...WIDE, colorScheme: 'light', viewport: { width: 360, height: 740 } },
}

const [directory] = process.argv.slice(2)
const data = await mkdtemp(join(tmpdir(), 'handset-screenshots-'))
const server = spawnHandset(['serve', '--port', '0', '--json'])
try {
  const { address, key } = JSON.parse(await firstDocument(server.stdout)) as { address: string; key: string }
  const seeding = spawnHandset(SEEDING)
  if ((await once(seeding, 'close'))[0] !== 0) throw new Error('seeding failed')
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

async function firstDocument(output: AsyncIterable<Buffer>): Promise<string> {
  let text = ''
  for await (const piece of output) {
    text += piece
    if (text.endsWith('}\n')) break
  }
  return text
}

async function takeAll(url: string, key: string): Promise<void> {
  const ask = async (path: string) => {
    const answer = await fetch(`${url}/projects/demo${path}`, { headers: { authorization: `Bearer ${key}` } })
    // biome-ignore lint/suspicious/noExplicitAny: whatever was seeded will do
    return ((await answer.json()) as any).items
  }
  const devices = await ask('/devices?type=smartphone&simType=eSIM&brand=Apple&limit=100')
  const device = devices.find(({ name, sims }: { name: string | null; sims: unknown[] }) => name && sims.length > 0)
  const [sim] = await ask('/sims?status=active')
  const browser = await launchChromium()

  async function take(path: string, look: BrowserContextOptions | undefined, file: string): Promise<void> {
    const context = await browser.newContext(look)
    const page = await context.newPage()
    if (path !== 'out') await page.addInitScript(`sessionStorage.setItem('handset.key', '${key}')`)
    await page.goto(`${url}/console${path === 'out' ? '' : path}`)
    await page.locator('h1').waitFor()
    await page.locator('.loading').first().waitFor({ state: 'detached' })
    if (path === '/overview') await page.locator('.growth').waitFor()
    if (path === '/import') {
      const buffer = Buffer.from('imei;name;user\r\n492388841798923;Jerrys iPhone;jerry@example.com\r\n4923;;\r\n')
      await page.getByLabel('Choose a file').setInputFiles({ name: 'phones.csv', mimeType: 'text/csv', buffer })
      await page.getByRole('button', { name: 'Import 2 rows' }).waitFor()
    }
    await page.evaluate('document.fonts.ready.then(() => true)')
    await writeFile(file, await page.screenshot({ animations: 'disabled' }))
    await context.close()
  }

  try {
    if (directory === undefined) {
      const images = join(ROOT, 'docs/images')
      await mkdir(images, { recursive: true })
      const tall = (height: number) => ({ ...LOOKS.light, viewport: { width: WIDTH, height } })
      await take(`/search?q=${device.imei}`, tall(570), join(images, 'console-search.png'))
      await take('/overview', tall(755), join(images, 'console-overview.png'))
      return
    }
    const pages: Record<string, string> = {
      'sign-in': 'out',
      home: '',
      search: `/search?q=${device.imei}`,
      'search-unregistered': '/search?q=492388840000000',
      'search-nonsense': '/search?q=nonsense',
      devices: '/devices',
      'devices-filtered': '/devices?brand=Apple&tac=123',
      device: `/devices/${device.id}`,
      register: '/devices/new',
      users: '/users',
      user: `/users/${device.user.id}`,
      'new-user': '/users/new',
      sims: '/sims',
      sim: `/sims/${sim.id}`,
      'new-sim': '/sims/new',
      models: '/models',
      model: `/models/${device.model.id}`,
      overview: '/overview',
      import: '/import',
      nowhere: '/nowhere',
    }
    await mkdir(directory, { recursive: true })
    for (const [name, path] of Object.entries(pages)) {
      for (const look of Object.keys(LOOKS)) await take(path, LOOKS[look], join(directory, `${name}-${look}.png`))
    }
  } finally {
    await browser.close()
  }
}
