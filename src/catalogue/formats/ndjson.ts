import { SetupError } from '../../errors.ts'
import { type Entry, type Rejection, type Row, readIdentity, withKinds } from './entry.ts'
import { readKinds } from './kinds.ts'
import type { Text } from './text.ts'

/** Longer than any row of a TAC database. */
const LONGEST_LINE = 1_048_576

/** Reads NDJSON. `start` is the text that has already been read. */
export function readNdjsonRows(start: string, text: Text) {
  let line = 0

  async function* lines(): AsyncGenerator<string> {
    let rest = ''
    for (let piece: string | undefined = start; piece !== undefined; piece = await text.next()) {
      const parts = (rest + piece).split('\n')
      rest = parts.pop() as string
      yield* parts
      if (rest.length > LONGEST_LINE) throw new SetupError('This is not text: it has a line of more than 1 MiB')
    }
    if (rest !== '') yield rest
  }

  async function* rows(): AsyncGenerator<Row> {
    for await (const content of lines()) {
      line += 1
      const row = content.trim()
      if (row !== '') yield { line, cells: [row], result: readObject(row) }
    }
  }

  return { rows: rows(), line: () => line }
}

/** Writes a rejected row with its line and the reason in front. An import ignores both. */
export function ndjsonReject({ line, cells: [text = ''] }: Row, reason: string): string {
  return `${JSON.stringify({ line, reason, ...parseObject(text) })}\n`
}

function parseObject(text: string): object {
  try {
    const row: unknown = JSON.parse(text)
    if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row
  } catch {}
  return { text }
}

/**
 * Reads a line of NDJSON: an object with the columns of Handset's own CSV, in which `simTypes` is a list, as in the API,
 * or text, as in the CSV. Other properties are ignored.
 */
function readObject(text: string): Entry | Rejection {
  let row: unknown
  try {
    row = JSON.parse(text)
  } catch {
    return { reason: 'the line is not valid JSON', damage: 'cut' }
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return { reason: 'the line is not a JSON object' }
  const { tac, brand, name, type, simTypes } = row as Record<string, unknown>
  if (typeof tac === 'number') return { reason: 'the TAC is a number: put it in quotes, since leading zeros count' }
  for (const [property, value] of Object.entries({ tac, brand, name, type })) {
    if (value !== undefined && value !== null && typeof value !== 'string')
      return { reason: `the ${property} is not text` }
  }
  const entry = readIdentity(textOf(tac), textOf(brand), textOf(name) || textOf(brand))
  if ('reason' in entry) return entry
  const kinds = readKinds(textOf(type), Array.isArray(simTypes) ? simTypes.join('+') : textOf(simTypes))
  return 'reason' in kinds ? kinds : withKinds(entry, kinds)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : ''
}
