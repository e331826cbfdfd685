import { type TObject, Type } from 'typebox'
import { NDJSON_TYPE } from './media-types.ts'
import type { Operation } from './operation.ts'
import { ProjectPath } from './project.ts'
import { closed, ErrorResponse, oneOf } from './schemas.ts'

export const ImportResult = closed(
  {
    object: Type.Literal('importResult'),
    line: Type.Integer({ minimum: 1, description: 'The line of the body that the row ends on, starting at 1.' }),
    status: oneOf(['created', 'updated', 'unchanged', 'rejected'], {
      description: '`unchanged` means that the object exists and already has all values in the row.',
    }),
    id: Type.Optional(
      Type.String({ description: 'The id of the object.', examples: ['dev_0SNlurA049MEWV55CrA9qMvI2FVJ'] }),
    ),
    error: Type.Optional(ErrorResponse),
  },
  { title: 'ImportResult', description: 'The result for one row.' },
)

const Count = Type.Integer({ minimum: 0 })

export const ImportSummary = closed(
  {
    object: Type.Literal('importSummary'),
    rows: Type.Integer({ minimum: 0, description: 'The number of rows read.' }),
    created: Count,
    updated: Count,
    unchanged: Count,
    rejected: Count,
    complete: Type.Boolean({
      description: 'Whether the whole body was read. If false, send it again: rows that are stored are recognised.',
    }),
  },
  { title: 'ImportSummary', description: 'The last line of an import. Without it, the import is incomplete.' },
)

const ImportQuery = closed({
  update: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'If true, a row that differs from the stored object updates it, as a PATCH would. If false, it is rejected.',
    }),
  ),
  events: Type.Optional(
    Type.Boolean({
      default: true,
      description:
        'Whether created objects produce events, and so webhooks. `false` requires the role `admin`. Updates always ' +
        'produce events.',
    }),
  ),
  dryRun: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'If true, each row gets the result that it would have, but nothing is stored.',
    }),
  ),
})

/** The operation that imports objects of one resource. `row` is the schema of a line of NDJSON. */
export function importOperation(operationId: string, tag: string, plural: string, row: TObject, example: object) {
  return {
    operationId,
    method: 'POST',
    path: `/projects/{project}/${plural.toLowerCase()}/import`,
    access: 'editor',
    tags: [tag] as [string],
    summary: `Import ${plural}`,
    description:
      `Imports ${plural} from NDJSON (one object per line) or CSV (the first line names the columns; \`charset\` can be ` +
      'utf-8, utf-16 or windows-1252), gzipped or not. Rows are stored as they arrive. The response starts once the body ' +
      'has ended: it has one line per row, and a summary at the end. Without a summary whose `complete` is true, the ' +
      'import is incomplete, although the status is 200. An invalid row is `rejected` with its error, and ' +
      'the import continues. An object that exists is `unchanged` if it already has all values in its row. If it differs, ' +
      'the row is rejected or, with `update`, changes it. An interrupted import can therefore be sent again as it is; ' +
      '`Idempotency-Key` is ignored. If the import itself fails, the error precedes the summary.',
    params: ProjectPath,
    querystring: ImportQuery,
    stream: {
      body: row,
      answers: { [NDJSON_TYPE]: Type.Union([ImportResult, ErrorResponse, ImportSummary]) },
    },
    example,
    response: { 200: Type.String({ description: 'A result for each row, in the same order, and a summary.' }) },
  } satisfies Operation
}
