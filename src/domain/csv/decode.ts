import { CsvError } from './error.ts'

export const ENCODINGS = ['utf-8', 'utf-16', 'windows-1252'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** Formats that are not text, by their first bytes. */
const NOT_TEXT: readonly { start: readonly number[]; what: string }[] = [
  { start: [0x50, 0x4b, 0x03, 0x04], what: 'an Excel workbook (.xlsx) or another zip file' },
  { start: [0xd0, 0xcf, 0x11, 0xe0], what: 'an old Excel workbook (.xls)' },
  { start: [0x25, 0x50, 0x44, 0x46], what: 'a PDF' },
]

/** The length of the longest signature in bytes. */
const MARK_LENGTH = 4

const LF = 0x0a
const CR = 0x0d

export interface TextDecoderOfFile {
  /** The text of the next bytes. Throws `CsvError` if they are not text in the encoding. */
  decode(bytes: Uint8Array): string
  /** The remaining text. */
  end(): string
}

/**
 * Decodes a file piece by piece: by its byte order mark, else by `encoding`, else as UTF-8. A byte order mark is not
 * part of the text.
 *
 * `optionFor` returns the option that chooses another encoding, as shown to the user: `--encoding windows-1252`.
 */
export function createDecoder(
  encoding: Encoding | undefined,
  optionFor: (encoding: Encoding) => string,
): TextDecoderOfFile {
  let start: Uint8Array = new Uint8Array(0)
  let decoder: TextDecoder | undefined
  let line = 1

  function open(isLast: boolean): TextDecoder | undefined {
    if (start.length < MARK_LENGTH && !isLast) return undefined
    requireText(start)
    if (isUtf16WithoutMark(start) && encoding === undefined) {
      throw new CsvError('The file looks like UTF-16 without a byte order mark', `Try ${optionFor('utf-16')}.`)
    }
    return new TextDecoder(labelOf(start, encoding), { fatal: true })
  }

  function decodeWith(opened: TextDecoder, bytes: Uint8Array, isLast: boolean): string {
    try {
      return opened.decode(bytes, { stream: !isLast })
    } catch {
      throw wrongEncoding(opened.encoding, line + countLineEnds(validPart(opened.encoding, bytes)), optionFor)
    } finally {
      line += countLineEnds(bytes)
    }
  }

  function decode(bytes: Uint8Array, isLast: boolean): string {
    if (decoder !== undefined) return decodeWith(decoder, bytes, isLast)
    start = joined(start, bytes)
    decoder = open(isLast)
    return decoder === undefined ? '' : decodeWith(decoder, start, isLast)
  }

  return { decode: (bytes) => decode(bytes, false), end: () => decode(new Uint8Array(0), true) }
}

function labelOf(start: Uint8Array, encoding: Encoding | undefined): string {
  if (startsWith(start, [0xff, 0xfe])) return 'utf-16le'
  if (startsWith(start, [0xfe, 0xff])) return 'utf-16be'
  if (startsWith(start, [0xef, 0xbb, 0xbf])) return 'utf-8'
  if (encoding === 'utf-16') return start[0] === 0 ? 'utf-16be' : 'utf-16le'
  return encoding ?? 'utf-8'
}

function requireText(start: Uint8Array): void {
  const found = NOT_TEXT.find((known) => startsWith(start, known.start))
  if (found === undefined) return
  throw new CsvError(
    `This is ${found.what}, not CSV`,
    'Open it in the spreadsheet program and save it as “CSV UTF-8 (comma delimited)”.',
  )
}

/** Two letters of a header in UTF-16 are four bytes, of which every other one is 0. */
function isUtf16WithoutMark([first, second, third, fourth]: Uint8Array): boolean {
  if (first === undefined || second === undefined || third === undefined || fourth === undefined) return false
  const [isBig, isLittle] = [first === 0 && third === 0, second === 0 && fourth === 0]
  return isBig !== isLittle
}

function wrongEncoding(encoding: string, line: number, optionFor: (encoding: Encoding) => string): CsvError {
  if (encoding !== 'utf-8') return new CsvError(`The file is not ${encoding} near line ${line}`, 'Save it as UTF-8.')
  return new CsvError(
    `The file is not UTF-8 near line ${line}`,
    `It looks like Windows-1252, which spreadsheets write as plain “CSV”. Choose ${optionFor('windows-1252')}, or ` +
      'save it as “CSV UTF-8”.',
  )
}

/** The bytes before the first that is not valid. */
function validPart(encoding: string, bytes: Uint8Array): Uint8Array {
  const valid = new TextDecoder(encoding).decode(bytes).split('\ufffd', 1)[0] as string
  return new TextEncoder().encode(valid)
}

/** Line ends are LF, or CR if there is no LF. */
function countLineEnds(bytes: Uint8Array): number {
  return count(bytes, LF) || count(bytes, CR)
}

function count(bytes: Uint8Array, byte: number): number {
  let found = 0
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) found += 1
  return found
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, position) => bytes[position] === byte)
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second
  const all = new Uint8Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}
