import { count } from './print.ts'

const WIDTH = 24
const INTERVAL = 100

/** A line that is redrawn in place. Prints nothing if standard error is not a terminal. */
export interface Progress {
  /** `rows` is the number of rows so far, if there are any to count; `done` is from 0 to 1, if the total is known. */
  update(rows: number | undefined, done: number | undefined): void
  end(): void
}

export function createProgress(): Progress {
  const { isTTY } = process.stderr
  const start = performance.now()
  let drawn = 0
  return {
    update(rows, done) {
      const now = performance.now()
      if (!isTTY || now - drawn < INTERVAL) return
      drawn = now
      process.stderr.write(`\r\x1b[K${bar(done)}${counted(rows, now - start)}${left(now - start, done)}`)
    },
    end() {
      if (isTTY) process.stderr.write('\r\x1b[K')
    },
  }
}

function bar(done: number | undefined): string {
  if (done === undefined) return ''
  const filled = Math.round(done * WIDTH)
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${Math.floor(done * 100)} %  `
}

function counted(rows: number | undefined, elapsed: number): string {
  return rows === undefined ? '' : `${count(rows)} rows, ${count(Math.round((rows / elapsed) * 1000))} a second, `
}

function left(elapsed: number, done: number | undefined): string {
  if (done === undefined || done === 0) return ''
  return `${Math.ceil((elapsed / done - elapsed) / 1000)} s left`
}
