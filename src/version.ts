import { readFileSync } from 'node:fs'

/** The version of this Handset, from its package.json, which is in the parent directory of both `src` and `dist`. */
export const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}
