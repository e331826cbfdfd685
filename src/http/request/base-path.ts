/** The path of a public URL, without a slash at the end: `/handset`. Empty if the URL has none. */
export function basePathOf(publicUrl: string | null): string {
  return publicUrl === null ? '' : new URL(publicUrl).pathname.replace(/\/$/, '')
}

/**
 * Returns a function that removes the base path from the URL of a request. Some proxies remove it themselves, so a URL
 * without it stays as it is.
 */
export function createBasePathRemover(publicUrl: string | null): (url: string) => string {
  const base = basePathOf(publicUrl)
  if (base === '') return (url) => url
  return (url) => {
    if (!url.startsWith(base)) return url
    const rest = url.slice(base.length)
    if (rest.startsWith('/')) return rest
    return rest === '' || rest.startsWith('?') ? `/${rest}` : url
  }
}
