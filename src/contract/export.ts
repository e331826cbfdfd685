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
    method: 'GET',
    path: `/projects/{project}/${plural.toLowerCase()}/export`,
    access: 'editor',
    tags: [tag] as [string],
    summary: `Export ${plural}`,
    description:
      `Returns all ${plural} that the token can see, oldest first, as a consistent snapshot in a format that an import ` +
      'accepts. NDJSON is exact. In CSV, an apostrophe precedes empty text and text that a spreadsheet would interpret ' +
      'as a formula; an import removes it. A response that is cut off is incomplete.',
    params: ProjectPath,
    querystring: ExportQuery,
    stream: { answers: { [NDJSON_TYPE]: item, 'text/csv': Type.String() } },
    response: { 200: Type.String({ description: 'One line or row per object.' }) },
  } satisfies Operation
}
