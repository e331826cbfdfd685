import { readFileSync } from 'node:fs'

/** An instruction of a Dockerfile. */
interface Instruction {
  name: string
  words: string
}

/** The repository's Dockerfile. */
export interface Dockerfile {
  instructions: Instruction[]
  /** The instructions of the last stage, which is the image. */
  last: Instruction[]
  /** What follows the first instruction of the image with this name. */
  wordsOf(name: string): string
  /** The environment variables of the image. */
  environment: Record<string, string>
  /** The user that the image runs as. */
  user: { uid: number; gid: number }
  /** The command that starts the server. */
  command: string[]
  /** The command that checks its health. */
  healthCheck: string[]
}

export function readDockerfile(): Dockerfile {
  const lines = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
  const instructions = lines
    .filter((line) => line !== '')
    .map((line) => ({ name: line.split(' ', 1)[0] as string, words: line.slice(line.indexOf(' ') + 1) }))
  const last = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'))
  const wordsOf = (name: string) => last.find((instruction) => instruction.name === name)?.words ?? ''
  const commandOf = (name: string): string[] => JSON.parse(/\[.*\]$/.exec(wordsOf(name))?.[0] ?? '[]')
  const pairs = wordsOf('ENV').split(' ')
  const [uid = 0, gid = 0] = wordsOf('USER').split(':').map(Number)
  return {
    instructions,
    last,
    wordsOf,
    environment: Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string])),
    user: { uid, gid },
    command: [...commandOf('ENTRYPOINT'), ...commandOf('CMD')],
    healthCheck: commandOf('HEALTHCHECK'),
  }
}
