import type { Request } from '../exchange.ts'

/**
 * Where `/` redirects browsers: relative to the address that the client sent, so that it works below any path that a
 * proxy adds or removes.
 */
export function frontPageFrom({ raw }: Request): string {
  const [path = ''] = (raw.url ?? '').split(/[?#]/)
  const last = path.slice(path.lastIndexOf('/') + 1)
  return last === '' ? 'console' : `./${last}/console`
}

/** Whether a request for `/` comes from a browser: it names HTML, and does not prefer JSON (RFC 9110 §12.5.1). */
export function wantsFrontPage({ method, url, headers }: Request): boolean {
  if (method !== 'GET' || !/^\/(\?|$)/.test(url)) return false
  const html = weightOf(headers.accept, 'text/html')
  return html > 0 && html >= weightOf(headers.accept, 'application/json')
}

/** The weight of a media type in `Accept`; 0 if the header does not name it. */
function weightOf(accept = '', type: string): number {
  for (const part of accept.split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    if (name === type) return Number(parameters.find((text) => text.startsWith('q='))?.slice(2) ?? 1)
  }
  return 0
}
