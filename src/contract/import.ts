import { Type } from 'typebox'
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
    complete: Type.Boolean({ description: 'Whether the whole body was read.' }),
  },
  { title: 'ImportSummary', description: 'The last line of an import. Without it, the import is incomplete.' },
)
