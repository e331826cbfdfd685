import { fileURLToPath } from 'node:url'

/**
 * Whether tests start commands and servers from `dist/`, as installed, which is three times as fast as from source.
 * `npm test` builds it and sets `HANDSET_TEST_BUILD`. A test file that is run alone starts them from source.
 */
export const runsBuild = process.env.HANDSET_TEST_BUILD !== undefined

/** The file that Node runs for a command. */
export const MAIN = fileURLToPath(new URL(runsBuild ? '../../dist/main.js' : '../../src/main.ts', import.meta.url))
