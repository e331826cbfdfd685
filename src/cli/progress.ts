import { count } from './print.ts'

const WIDTH = 24
const INTERVAL = 100

/** A line on a terminal that is drawn over itself; silent where standard error is no terminal. */
export interface Progress {
  /** `done` is the share from 0 to 1, where the whole is known; `rows` where there are rows to count. */
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
