import { execFileSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** Builds the package and installs it without the source that a checkout runs. Returns its command. */
export function layOutPackage(directory: string): string {
  execFileSync('npm', ['run', 'build'], { cwd: ROOT, stdio: 'ignore' })
  for (const name of ['bin', 'dist', 'package.json', 'openapi.json']) {
    cpSync(join(ROOT, name), join(directory, 'package', name), { recursive: true })
  }
  return join(directory, 'package/bin/handset.js')
}
