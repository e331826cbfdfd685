import type { IncomingHttpHeaders } from 'node:http'

/** A header that only the console's own pages send: a page of another origin would need permission for it (CORS). */
const CONSOLE_HEADER = 'x-handset-console'

/** A cookie for each project, so that one browser can be signed in to several. */
const NAME = 'handset_session_'

/** The token of a session, and the id of its project. */
export interface SessionCookie {
  project: string
  token: string
}

/** The cookies of the console's sessions (docs/contract.md §17). */
export interface ConsoleCookies {
  /** The sessions of a request from the console; none for other requests, because other pages cannot send its header. */
  read(headers: IncomingHttpHeaders): SessionCookie[]
  /** A `Set-Cookie` header (RFC 6265 §4.1). Without `maxAge`, in seconds, the cookie ends with the browser. */
  write(session: SessionCookie, maxAge: number | null, headers: IncomingHttpHeaders): string
  /**
   * What identifies the caller of a request: its `Authorization` header or, for a page of the console, the cookie of the
   * session for the project in the path. A path without a project takes any session.
   */
  credentialsOf(headers: IncomingHttpHeaders, project: string | undefined): string | undefined
}

/** `publicUrl` is the server's address as browsers see it; null if the settings do not say. */
export function createConsoleCookies(publicUrl: string | null): ConsoleCookies {
  const path = publicUrl ? new URL(publicUrl).pathname : '/'
  // A browser accepts a cookie with one of these prefixes only over TLS, so that neither a page without TLS nor, with
  // `__Host-`, one of a neighbouring domain can set it (RFC 6265bis §4.1.3).
  const securePrefix = path === '/' ? '__Host-' : '__Secure-'

  /** Whether the browser reaches the server over TLS. A client that lies harms only its own cookie. */
  function isSecure(headers: IncomingHttpHeaders): boolean {
    return publicUrl?.startsWith('https:') || headers['x-forwarded-proto'] === 'https'
  }

  function nameFor(headers: IncomingHttpHeaders): string {
    return isSecure(headers) ? securePrefix + NAME : NAME
  }

  function read(headers: IncomingHttpHeaders): SessionCookie[] {
    if (headers[CONSOLE_HEADER] !== '1') return []
    const start = nameFor(headers)
    return (headers.cookie ?? '').split(';').flatMap((pair) => {
      const [name = '', token = ''] = pair.trim().split('=')
      return name.startsWith(start) && token !== '' ? [{ project: name.slice(start.length), token }] : []
    })
  }

  return {
    read,
    write({ project, token }, maxAge, headers) {
      const parts = [`${nameFor(headers)}${project}=${token}`, `Path=${path}`, 'HttpOnly', 'SameSite=Strict']
      if (isSecure(headers)) parts.push('Secure')
      if (maxAge !== null) parts.push(`Max-Age=${maxAge}`)
      return parts.join('; ')
    },
    credentialsOf(headers, project) {
      if (headers.authorization !== undefined) return headers.authorization
      const sessions = read(headers)
      const session = project === undefined ? sessions[0] : sessions.find((one) => one.project === project)
      return session && toCredentials(session.token)
    },
  }
}

/** A session's token in the form of an `Authorization` header. */
export function toCredentials(token: string): string {
  return `Session ${token}`
}
