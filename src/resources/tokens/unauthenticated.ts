import { ApiError } from '../../errors.ts'

const HINTS = {
  missing: 'Send the header `Authorization: Bearer TOKEN`.',
  mistyped: 'The token is mistyped or truncated: its checksum is wrong.',
  unknown: 'Create an API key with `handset keys create`, or a user token with POST users/{user}/tokens.',
  expired: 'The token has expired. Create a new one.',
  revoked: 'The key was revoked. Create a new one with `handset keys create`.',
  sessionEnded: 'The session of the console has ended. Sign in again.',
  linkEnded: 'The code has been used or is older than 15 minutes. Create a link with `handset console link`.',
}

/** The error for a request without a valid token. */
export function unauthenticated(reason: keyof typeof HINTS): ApiError {
  return new ApiError('unauthenticated', 'Invalid authorization token', {
    hint: HINTS[reason],
    headers: { 'www-authenticate': 'Bearer' },
  })
}
