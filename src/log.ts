import { type DestinationStream, type Logger, pino } from 'pino'
import type { Config } from './config.ts'

/** Characters of lines that are written together, and how long the first of them waits at most, in milliseconds. */
const BLOCK = 16_384
const LONGEST_WAIT = 50

/**
 * The log of a server, to standard error, so that standard output holds what the person at the terminal is told and no
 * more. A process that is killed loses the lines of its last 50 ms.
 */
export function createLogger({ logLevel }: Pick<Config, 'logLevel'>): Logger {
  const lines = inBlocks(pino.destination({ dest: 2, sync: true }))
  process.once('exit', lines.flush)
  return pino({ level: logLevel }, lines)
}

/** Hands lines on in blocks: pino's own buffer copies all that waits at every line. */
function inBlocks(destination: DestinationStream): DestinationStream & { flush(): void } {
  let block = ''
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (block !== '') destination.write(block)
    block = ''
  }

  return {
    write(line) {
      block += line
      if (block.length >= BLOCK) flush()
      else timer ??= setTimeout(flush, LONGEST_WAIT)
    },
    flush,
  }
}
