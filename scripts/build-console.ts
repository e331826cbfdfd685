import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'

// Builds console/dist, unless it is newer than everything that it is built from. It runs before `npm start` and
// `npm test`, where a build that is not needed would be in the way.

const root = join(import.meta.dirname, '..')
const SOURCES = ['console/{index.html,vite.config.ts}', 'console/src/**/*', 'sdk/src/**/*', 'package-lock.json']
const BUILT = 'console/dist/index.html'

if (newest([BUILT]) <= newest(SOURCES)) {
  const vite = await import('vite').catch(() => undefined)
  if (vite === undefined) {
    console.error('The console is not built: that needs the packages for development (npm install without --omit=dev).')
  } else {
    await vite.build({ configFile: join(root, 'console/vite.config.ts'), logLevel: 'warn' })
  }
}

/** When the newest of these files was changed; 0 where there is none. */
function newest(patterns: readonly string[]): number {
  return Math.max(0, ...globSync(patterns, { cwd: root }).map((file) => statSync(join(root, file)).mtimeMs))
}
