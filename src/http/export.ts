import type { FastifyReply } from 'fastify'
import { EXPORT_TYPES, type ExportFormat } from '../contract/export.ts'
import type { Streaming } from './streaming.ts'

/** Answers in the format that is asked for with what `work` writes. */
export function answerExport(
  streaming: Streaming | null,
  { format = 'ndjson' }: { format?: ExportFormat },
  work: (format: ExportFormat, write: (text: string) => Promise<void>) => Promise<void>,
): FastifyReply {
  return (streaming as Streaming).answerSnapshot(EXPORT_TYPES[format], (write) => work(format, write))
}
