import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { type Logger, pino } from 'pino'

/** Properties whose values must never reach a log line, at any depth of a body. */
const PERSONAL = new Set(['imei', 'iccid', 'email', 'fullName', 'birthday', 'token', 'name', 'metadata'])

/** Shorter values, such as a name of one letter, would match some line by chance. */
const TELLING_LENGTH = 8

/** Projects and models are not personal data, so their names may be logged. */
function isPublic(body: object): boolean {
  return 'object' in body && (body.object === 'project' || body.object === 'deviceModel')
}

/** Collects everything that a server logs, and all personal values that its test uses. */
export interface LogWatch {
  logger: Logger
  /** The lines so far. */
  lines(): string[]
  /** Remembers the personal values of a body, sent or received. */
  remember(body: unknown): void
  /** Remembers a value that is personal in itself, such as a token. */
  rememberValue(value: string): void
  /** Fails if a line contains a remembered value. */
  assertClean(): void
}

export function createLogWatch(): LogWatch {
  const lines: string[] = []
  const values = new Set<string>()
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })

  function rememberValue(value: string): void {
    if (value.length >= TELLING_LENGTH) values.add(value)
  }

  function remember(body: unknown, isPersonal: boolean): void {
    if (typeof body === 'string' && isPersonal) rememberValue(body)
    if (typeof body !== 'object' || body === null || isPublic(body)) return
    for (const [key, value] of Object.entries(body)) remember(value, isPersonal || PERSONAL.has(key))
  }

  return {
    logger: pino({ level: 'trace' }, sink),
    lines: () => lines,
    remember: (body) => remember(body, false),
    rememberValue,
    assertClean() {
      const log = lines.join('')
      assert.deepEqual(
        [...values].filter((value) => log.includes(value)),
        [],
        'personal values in the log',
      )
    },
  }
}
