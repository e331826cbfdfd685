import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** The packages that are measured or used to measure, with the versions that the published figures refer to. */
const VERSIONS = {
  autocannon: '9.0.0',
  fastify: '5.12.8',
  'json-server': '0.17.4',
  remult: '3.3.18',
  '@stoplight/prism-cli': '5.16.0',
} as const

const ROOT = join(import.meta.dirname, '../node_modules/.cache/handset-bench')

/**
 * Returns a directory with these packages, each installed once and without its scripts. They are separate so that `npm
 * install` of Handset does not grow.
 */
export function install(...names: (keyof typeof VERSIONS)[]): string {
  const packages = names.map((name) => `${name}@${VERSIONS[name]}`)
  const directory = join(ROOT, packages.join('+').replaceAll('/', '-'))
  if (!existsSync(join(directory, 'package-lock.json'))) {
    mkdirSync(directory, { recursive: true })
    const words = ['install', '--prefix', directory, '--no-audit', '--no-fund', '--ignore-scripts', ...packages]
    execFileSync('npm', words, { stdio: 'ignore' })
  }
  return directory
}
