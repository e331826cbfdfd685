import { ApiError } from '../../errors.ts'
import type { Exchange } from '../exchange.ts'

/** 404 for a path that no operation has. */
export function rejectUnknownPath({ request }: Exchange): void {
  const [path = ''] = request.url.split('?', 1)
  throw new ApiError('notFound', 'This path does not exist', {
    hint: path.endsWith('/')
      ? 'The path ends in a slash. Send the request without it.'
      : 'The paths are listed in /openapi.json.',
  })
}
