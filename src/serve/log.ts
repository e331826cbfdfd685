import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino'
import type { Config } from '../config.ts'
import { asText } from './log-text.ts'

/** The maximum number of characters per write. */
const BLOCK = 16_384

/** The same when several processes share one pipe: the size that a pipe writes atomically (PIPE_BUF, pipe(7)). */
const SHARED_BLOCK = 4_096

/** How long a line waits to be written, in milliseconds. */
const LONGEST_WAIT = 50

/**
 * A logger that writes to standard error, so that standard output has only messages for the person at the terminal. A
 * process that is killed loses the lines of its last 50 ms.
 */
export function createLogger(level: Config['logLevel'], { format, isShared, hasColours, fields }: LogOptions): Logger {
  const lines = inBlocks(pino.destination({ dest: 2, sync: true }), isShared ? SHARED_BLOCK : BLOCK)
  process.once('exit', lines.flush)
  const options = { level, ...(fields && { mixin: fields }) }
  if (format === 'text') return pino(options, asText(lines, hasColours))
  return pino({ ...options, ...(format === 'json-iso' ? WITH_NAMES : {}) }, lines)
}

interface LogOptions {
  format: Config['logFormat']
  isShared: boolean
  hasColours: boolean
  /** Returns the fields to add to a line. */
  fields?: (() => object) | undefined
}

const WITH_NAMES: LoggerOptions = {
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
}

/** Returns a function that logs when the files of the store are lost, and when they are back. */
export function reportFiles(logger: Logger): (problem: string | undefined) => void {
  return (problem) => {
    if (problem === undefined) logger.warn('The files of the store are back: requests are served again')
    else logger.fatal({ problem }, 'Requests get 503 until the files of the store are back, or until a restart')
  }
}

/** Writes lines in blocks. pino's own buffer copies everything that is waiting at every line. */
function inBlocks(destination: DestinationStream, most: number): DestinationStream & { flush(): void } {
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
      if (block.length + line.length > most) flush()
      block += line
      timer ??= setTimeout(flush, LONGEST_WAIT)
    },
    flush,
  }
}
