import { spawnSync } from 'node:child_process'

/** Whether a program of another project is installed. These words make it do nothing, such as `--version`. */
export function isInstalled(command: string, ...words: string[]): boolean {
  return spawnSync(command, words).status === 0
}
