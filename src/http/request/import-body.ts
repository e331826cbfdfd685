import { MIMEType } from 'node:util'
import { CSV_TYPE, NDJSON_TYPE, NDJSON_TYPES } from '../../contract/media-types.ts'
import { ENCODINGS, type Encoding } from '../../domain/csv/decode.ts'
import { ApiError } from '../../errors.ts'
import type { Exchange } from '../exchange.ts'
import { hasBody } from './body.ts'

const TYPE_HINT = `Send \`Content-Type: ${NDJSON_TYPE}\` in UTF-8, or \`${CSV_TYPE}\` with one of the charsets ${ENCODINGS.join(', ')}.`
const CODING_HINT = 'Send `Content-Encoding: gzip`, or no `Content-Encoding`.'

/** The format of the body of an import. */
export interface ImportBody {
  format: 'csv' | 'ndjson'
  /** Undefined if the headers do not state it: the byte order mark decides. */
  encoding: Encoding | undefined
  isGzip: boolean
}

/** 415 for a body that is neither NDJSON nor CSV, and for an encoding that imports do not read. */
export function requireImportType(exchange: Exchange): void {
  if (hasBody(exchange.request)) importBodyOf(exchange)
}

/** The format of an import's body, from its headers (docs/contract.md §16). */
export function importBodyOf({ request: { headers } }: Pick<Exchange, 'request'>): ImportBody {
  const coding = (headers['content-encoding'] ?? '').toLowerCase()
  if (!['', 'identity', 'gzip'].includes(coding))
    throw unsupported('The body must be unencoded or gzipped', CODING_HINT)
  const { essence, charset } = parse(headers['content-type'] ?? '')
  const encoding = encodingOf(charset)
  if (essence === CSV_TYPE) {
    if (charset !== null && encoding === undefined)
      throw unsupported(`The charset must be one of ${ENCODINGS.join(', ')}`)
    return { format: 'csv', encoding, isGzip: coding === 'gzip' }
  }
  const isNdjson = NDJSON_TYPES.some((type) => type === essence)
  if (!isNdjson || (charset !== null && encoding !== 'utf-8')) throw unsupported('The body must be NDJSON or CSV')
  return { format: 'ndjson', encoding: 'utf-8', isGzip: coding === 'gzip' }
}

function parse(type: string): { essence: string; charset: string | null } {
  try {
    const { essence, params } = new MIMEType(type)
    return { essence, charset: params.get('charset') }
  } catch {
    return { essence: '', charset: null }
  }
}

function encodingOf(charset: string | null): Encoding | undefined {
  const name = charset?.toLowerCase().replace(/^utf-?(8|16)$/, 'utf-$1')
  return ENCODINGS.find((known) => known === name)
}

function unsupported(message: string, hint = TYPE_HINT): ApiError {
  return new ApiError('unsupportedMediaType', message, { hint })
}
