import type { Device, Page, Sim, User } from '@handset/sdk'
import { BYTE_ORDER_MARK, toCell, toRow } from '../../../src/domain/csv/cells.ts'
import type { Load } from './paging.ts'

/** An object as a row of CSV, which an import accepts. The names are the columns. */
export type CsvRecord = Record<string, string | null>

export function recordOfDevice({ id, imei, user, sims, name, metadata }: Device): CsvRecord {
  const iccids = sims.map(({ iccid }) => iccid).join(' ')
  return { id, imei, user: user?.email ?? null, iccids: iccids || null, name, metadata: JSON.stringify(metadata) }
}

export function recordOfUser(user: User): CsvRecord {
  const { id, email, fullName, birthday, preferredLocale, emailVerified, metadata } = user
  const verified = String(emailVerified)
  return { id, email, fullName, birthday, preferredLocale, emailVerified: verified, metadata: JSON.stringify(metadata) }
}

export function recordOfSim({ id, iccid, type, provider, status, metadata }: Sim): CsvRecord {
  return { id, iccid, type, provider, status, metadata: JSON.stringify(metadata) }
}

/** Records as CSV for spreadsheets: no cell runs as a formula. */
export function toCsv(records: readonly CsvRecord[]): Blob {
  const [first = {}] = records
  const rows = records.map((record) => toRow(Object.values(record).map(toCell)))
  return new Blob([BYTE_ORDER_MARK, toRow(Object.keys(first)), ...rows], { type: 'text/csv' })
}

const PAGE_SIZE = 200

/** Every item of a list, page by page. Reports how many it has. */
export async function loadAll<Item>(
  load: Load<Item>,
  signal: AbortSignal,
  report: (count: number) => void,
): Promise<Item[]> {
  const items: Item[] = []
  for (let after: string | null | undefined; after !== null; ) {
    const page: Page<Item> = await load({ ...(after && { after }), limit: PAGE_SIZE }, signal)
    items.push(...page.items)
    report(items.length)
    after = page.moreItemsAfter
  }
  return items
}

/** Has the browser save a file. */
export function save(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  // The browser has read the address by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
