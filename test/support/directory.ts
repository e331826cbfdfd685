import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

/** A new empty directory, removed after the test or file that creates it. */
export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'handset-test-'))
  after(() => rm(directory, { recursive: true, force: true }))
  return directory
}
