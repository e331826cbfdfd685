import { type TObject, Type } from 'typebox'
import { NDJSON_TYPE } from './media-types.ts'
import type { Operation } from './operation.ts'
import { ProjectPath } from './project.ts'
import { closed, oneOf } from './schemas.ts'

export const EXPORT_TYPES = { csv: 'text/csv; charset=utf-8', ndjson: NDJSON_TYPE } as const
export type ExportFormat = keyof typeof EXPORT_TYPES

const ExportQuery = closed({
  format: Type.Optional(oneOf(['csv', 'ndjson'], { default: 'ndjson', description: 'The format of the export.' })),
})

/** The operation that exports all objects of one resource. `item` is the schema of a line of NDJSON. */
export function exportOperation(operationId: string, tag: string, plural: string, item: TObject) {
  return {
    operationId,
    tags: [tag] as [string],
    summary: `Export ${plural}`,
    description:
      `Returns all ${plural} that the token may see, oldest first, as they are at one moment, in the form that an ` +
      'import accepts. NDJSON is exact. In CSV, an apostrophe precedes text that a spreadsheet would run as a formula, ' +
      'and empty text; an import removes it. A response that breaks off is incomplete.',
    params: ProjectPath,
    querystring: ExportQuery,
    stream: { answers: { [NDJSON_TYPE]: item, 'text/csv': Type.String() } },
    response: { 200: Type.String({ description: 'A line, or a row, for each.' }) },
  } satisfies Operation
}
