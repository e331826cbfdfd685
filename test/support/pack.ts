import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Packs the package in a directory as for publishing: builds it first, unless it `isBuilt`. Returns the tarball's path. */
export async function pack(directory: string, destination: string, isBuilt = false): Promise<string> {
  const options = ['--pack-destination', destination, ...(isBuilt ? ['--ignore-scripts'] : [])]
  const { stdout } = await run('npm', ['pack', ...options], { cwd: directory })
  // The output of the package's own scripts comes first.
  return join(destination, stdout.trim().split('\n').at(-1) as string)
}
