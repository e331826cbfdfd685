import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Packs the package in a directory as for publishing, and returns the tarball's path. */
export async function pack(directory: string, destination: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--pack-destination', destination], { cwd: directory })
  // The output of the package's own scripts comes first.
  return join(destination, stdout.trim().split('\n').at(-1) as string)
}
