import type { Database } from '../db/port.ts'
import { exportedDevices, metadataKeys, readExported } from '../resources/devices/export.ts'
import type { Caller } from '../resources/tokens/tokens.ts'
import { toCell } from './cells.ts'

const EXPORT_FORMATS = ['csv', 'ndjson'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** Beyond so many keys of metadata a CSV has one column for them all, as JSON. */
const MOST_METADATA_COLUMNS = 100

/** Writes text, and resolves when more can be taken. */
type Write = (text: string) => Promise<void>

/** Writes all devices that a caller may see, as they are at one moment, in the form that an import reads. */
export function exportDevices(db: Database, caller: Caller, format: ExportFormat, write: Write): Promise<void> {
  return db.snapshot(async (moment) => {
    if (format === 'ndjson') {
      for await (const batch of exportedDevices(moment, caller)) await write(`${batch.join('\n')}\n`)
      return
    }
    const keys = await metadataKeys(moment, caller, MOST_METADATA_COLUMNS)
    const columns = ['id', 'imei', 'user', 'iccids', 'name', ...(keys?.map((key) => `metadata.${key}`) ?? ['metadata'])]
    await write(`${columns.map(toCell).join(',')}\r\n`)
    for await (const batch of exportedDevices(moment, caller)) {
      await write(batch.map((json) => toCsvRow(json, keys)).join(''))
    }
  })
}

function toCsvRow(json: string, keys: readonly string[] | null): string {
  const { id, imei, user, iccids, name, metadata } = readExported(json)
  const values = new Map(Object.entries(metadata))
  const ofMetadata = keys?.map((key) => values.get(key) ?? null) ?? [JSON.stringify(metadata)]
  const list = iccids.length > 0 ? iccids.join(' ') : null
  return `${[id, imei, user, list, name, ...ofMetadata].map(toCell).join(',')}\r\n`
}
