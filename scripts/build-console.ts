import { join } from 'node:path'
import { newest } from './newest.ts'

// Builds console/dist, unless it is newer than all of its sources. `npm start` and `npm test` run this first, so it must
// take no time if there is nothing to build.

const root = join(import.meta.dirname, '..')
const SOURCES = ['console/{index.html,vite.config.ts}', 'console/src/**/*', 'sdk/src/**/*', 'package-lock.json']
const BUILT = 'console/dist/index.html'

if (newest([BUILT]) <= newest(SOURCES)) {
  const vite = await import('vite').catch(() => undefined)
  if (vite === undefined) {
    console.error('The console was not built: this needs the development packages (npm install without --omit=dev).')
  } else {
    await vite.build({ configFile: join(root, 'console/vite.config.ts'), logLevel: 'warn' })
  }
}
