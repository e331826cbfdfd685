import type { FastifyReply } from 'fastify'
import { type TObject, Type } from 'typebox'
import { ProjectPath } from '../resources/projects/schema.ts'
import { NDJSON_TYPE } from './errors.ts'
import type { Operation } from './operation.ts'
import { closed, oneOf } from './schemas.ts'
import type { Streaming } from './streaming.ts'

const EXPORT_TYPES = { csv: 'text/csv; charset=utf-8', ndjson: NDJSON_TYPE } as const
export type ExportFormat = keyof typeof EXPORT_TYPES

const ExportQuery = closed({
  format: Type.Optional(oneOf(['csv', 'ndjson'], { default: 'ndjson', description: 'How it is written.' })),
})

/** The operation that answers with all of a kind: a line of NDJSON is an `item`. */
export function exportOperation(operationId: string, tag: string, what: string, item: TObject) {
  return {
    operationId,
    tags: [tag] as [string],
    summary: `Export ${what}`,
    description:
      `Returns all ${what} that the token may see, oldest first, as they are at one moment, in the form that an import ` +
      'takes. NDJSON is exact. In CSV a text that a spreadsheet would take for a formula, and the empty text, has an ' +
      'apostrophe before it, which an import takes off again. An answer that is cut off before its end is not whole.',
    params: ProjectPath,
    querystring: ExportQuery,
    stream: { answers: { [NDJSON_TYPE]: item, 'text/csv': Type.String() } },
    response: { 200: Type.String({ description: 'A line, or a row, for each.' }) },
  } satisfies Operation
}

/** Answers in the format that is asked for with what `work` writes. */
export function answerExport(
  streaming: Streaming | null,
  { format = 'ndjson' }: { format?: ExportFormat },
  work: (format: ExportFormat, write: (text: string) => Promise<void>) => Promise<void>,
): FastifyReply {
  return (streaming as Streaming).answerSnapshot(EXPORT_TYPES[format], (write) => work(format, write))
}
