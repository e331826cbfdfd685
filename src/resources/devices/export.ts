import type { Queries } from '../../db/port.ts'
import type { Caller } from '../tokens/tokens.ts'
import type { ExportedDevice } from './schema.ts'
import { exportDevices, listMetadata } from './store.ts'

/** How many devices are read at a time: some milliseconds, so that others get their turn. */
const BATCH = 500

type Moment = Pick<Queries, 'all' | 'get'>

/** All devices that a caller may see, oldest first, as the JSON of `ExportedDevice`, in batches. */
export async function* exportedDevices(moment: Moment, { project, userId }: Caller): AsyncGenerator<string[]> {
  for (let after = ''; ; ) {
    const rows = await exportDevices(moment, project.id, userId, after, BATCH)
    if (rows.length === 0) return
    yield rows.map(({ json }) => json)
    after = (rows.at(-1) as { id: string }).id
  }
}

/** The keys of the metadata of all devices that a caller may see, sorted; null where there are more than `most`. */
export async function metadataKeys(
  moment: Moment,
  { project, userId }: Caller,
  most: number,
): Promise<string[] | null> {
  const keys = new Set<string>()
  for (let after = ''; ; ) {
    const rows = await listMetadata(moment, project.id, userId, after, BATCH)
    if (rows.length === 0) return [...keys].sort()
    for (const { metadata } of rows) for (const key of Object.keys(JSON.parse(metadata))) keys.add(key)
    if (keys.size > most) return null
    after = (rows.at(-1) as { id: string }).id
  }
}

export function readExported(json: string): ExportedDevice {
  return JSON.parse(json)
}
