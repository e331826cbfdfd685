import type { IncomingHttpHeaders } from 'node:http'

/** A header that only the console's own pages send: a page of another origin would need permission for it (CORS). */
export const CONSOLE_HEADER = 'x-handset-console'

/** A cookie for each project, so that one browser can be signed in to several. */
const PREFIX = 'handset_session_'

/** The token of a session, and the id of its project. */
export interface SessionCookie {
  project: string
  token: string
}

/** The sessions in a `Cookie` header. */
export function readSessions(cookie = ''): SessionCookie[] {
  return cookie.split(';').flatMap((pair) => {
    const [name = '', token = ''] = pair.trim().split('=')
    return name.startsWith(PREFIX) && token !== '' ? [{ project: name.slice(PREFIX.length), token }] : []
  })
}

/** A `Set-Cookie` header (RFC 6265 §4.1). Without `maxAge`, in seconds, the cookie ends with the browser. */
export function sessionCookie(
  { token, project }: { token: string; project: { id: string } },
  { path, isSecure, maxAge }: { path: string; isSecure: boolean; maxAge: number | null },
): string {
  const parts = [`${PREFIX}${project.id}=${token}`, `Path=${path}`, 'HttpOnly', 'SameSite=Strict']
  if (isSecure) parts.push('Secure')
  if (maxAge !== null) parts.push(`Max-Age=${maxAge}`)
  return parts.join('; ')
}

/** A session's token in the form of an `Authorization` header. */
export function toCredentials(token: string): string {
  return `Session ${token}`
}

/**
 * What identifies the caller of a request: its `Authorization` header or, for a page of the console, the cookie of the
 * session for the project in the path. A path without a project takes any session.
 */
export function credentialsOf(headers: IncomingHttpHeaders, project: string | undefined): string | undefined {
  if (headers.authorization !== undefined || headers[CONSOLE_HEADER] !== '1') return headers.authorization
  const sessions = readSessions(headers.cookie)
  const session = project === undefined ? sessions[0] : sessions.find((one) => one.project === project)
  return session && toCredentials(session.token)
}
