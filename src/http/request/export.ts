import { EXPORT_TYPES, type ExportFormat } from '../../contract/export.ts'
import type { Streamed, Streaming } from '../exchange.ts'

/** Responds with what `work` writes, in the requested format. */
export function respondExport(
  streaming: Streaming | null,
  { format = 'ndjson' }: { format?: ExportFormat },
  work: (format: ExportFormat, write: (text: string) => Promise<void>) => Promise<void>,
): Streamed | Promise<Streamed> {
  const { needsLength, respondSpooled, respondSnapshot } = streaming as Streaming
  return (needsLength ? respondSpooled : respondSnapshot)(EXPORT_TYPES[format], (write) => work(format, write))
}
