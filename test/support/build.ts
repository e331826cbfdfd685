import { fileURLToPath } from 'node:url'

/**
 * Whether commands and servers that tests start run from `dist/`, as installed, which takes a third of the time to start.
 * `npm test` builds it and sets `HANDSET_TEST_BUILD`. A test file that is run alone starts them from source.
 */
export const runsBuild = process.env.HANDSET_TEST_BUILD !== undefined

/** The file that Node runs for a command. */
export const MAIN = fileURLToPath(new URL(runsBuild ? '../../dist/main.js' : '../../src/main.ts', import.meta.url))
