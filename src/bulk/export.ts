import type { Caller } from '../caller.ts'
import type { ExportFormat } from '../contract/export.ts'
import type { Listing } from '../db/page.ts'
import type { Database, Queries } from '../db/port.ts'
import { walkRows } from '../db/walk.ts'
import { BYTE_ORDER_MARK, toCell, toRow } from '../domain/csv/cells.ts'
import type { Kind } from './kind.ts'

/** If there are more metadata keys than this, CSV has one column with all metadata as JSON. */
const MAX_METADATA_COLUMNS = 100

/** Writes text. Resolves when more can be written. */
type Write = (text: string) => Promise<void>

/** Writes all objects of a kind that a caller may see, as a consistent snapshot, in a format that an import accepts. */
export function exportAll(
  db: Database,
  caller: Caller,
  { exported }: Pick<Kind, 'exported'>,
  format: ExportFormat,
  write: Write,
): Promise<void> {
  const listing = exported.rows(caller)
  return db.snapshot(async (moment) => {
    if (format === 'ndjson') {
      for await (const batch of walkRows(moment, listing, listing.json)) await write(`${batch.join('\n')}\n`)
      return
    }
    const properties = Object.keys(exported.schema.properties).filter((name) => name !== 'metadata')
    const keys = await metadataKeys(moment, listing)
    const columns = [...properties, ...(keys?.map((key) => `metadata.${key}`) ?? ['metadata'])]
    await write(BYTE_ORDER_MARK + toRow(columns.map(toCell)))
    for await (const batch of walkRows(moment, listing, listing.json)) {
      await write(batch.map((json) => toCsvRow(json, properties, keys)).join(''))
    }
  })
}

/** The keys of all metadata, sorted; null if there are too many, or if one has blanks that a column name would lose. */
async function metadataKeys(moment: Pick<Queries, 'all'>, listing: Listing): Promise<string[] | null> {
  const { alias, conditions } = listing
  const some = { ...listing, joins: '', conditions: [...conditions, `${alias}.metadata <> '{}'`] }
  const keys = new Set<string>()
  for await (const batch of walkRows(moment, some, `${alias}.metadata`)) {
    for (const metadata of batch) for (const key of Object.keys(JSON.parse(metadata))) keys.add(key)
    if (keys.size > MAX_METADATA_COLUMNS) return null
  }
  const sorted = [...keys].sort()
  return sorted.every((key) => key === key.trim()) ? sorted : null
}

function toCsvRow(json: string, properties: readonly string[], keys: readonly string[] | null): string {
  const row: Record<string, unknown> = JSON.parse(json)
  const metadata = new Map<string, string>(Object.entries(row.metadata as Record<string, string>))
  const ofMetadata = keys?.map((key) => metadata.get(key) ?? null) ?? [JSON.stringify(row.metadata)]
  return toRow([...properties.map((name) => toText(row[name])), ...ofMetadata].map(toCell))
}

/** A value as text. An import converts it back by the type of its property. */
function toText(value: unknown): string | null {
  if (!Array.isArray(value)) return value === null ? null : String(value)
  return value.length > 0 ? value.join(' ') : null
}
