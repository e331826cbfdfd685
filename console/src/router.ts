import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'
import { CONSOLE_PATH } from './address.ts'
import { mayLeave } from './unsaved.ts'

/** The current address: the path below `/console`, and the query. */
export interface Route {
  path: string
  query: URLSearchParams
  /** What led here. `moved` means the browser's Back or Forward. */
  by: 'opened' | 'pushed' | 'replaced' | 'moved'
}

const CHANGED = 'handset:route'
const LEAVING = 'handset:leaving'

const RouteContext = createContext<Route>({ path: '/', query: new URLSearchParams(), by: 'opened' })

export const RouteProvider = RouteContext.Provider

export function useRoute(): Route {
  return useContext(RouteContext)
}

/** The route as it changes. The app calls this once and provides the route to everything below. */
export function useCurrentRoute(): Route {
  const [route, setRoute] = useState(() => readRoute('opened'))
  useEffect(() => {
    let href = window.location.href
    const onMove = () => {
      // The browser has already left, so the page that the person stays on becomes the newest entry.
      if (mayLeave()) setRoute(readRoute('moved'))
      else history.pushState(null, '', href)
      href = window.location.href
    }
    const onChange = (event: Event) => {
      href = window.location.href
      setRoute(readRoute((event as CustomEvent<Route['by']>).detail))
    }
    window.addEventListener('popstate', onMove)
    window.addEventListener(CHANGED, onChange)
    document.addEventListener('click', followLink)
    return () => {
      window.removeEventListener('popstate', onMove)
      window.removeEventListener(CHANGED, onChange)
      document.removeEventListener('click', followLink)
    }
  }, [])
  return route
}

/** The address of a path of the console. Empty filters are left out. */
export function hrefOf(path: string, query: Readonly<Record<string, string | null | undefined>> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const text = new URLSearchParams(given).toString()
  return CONSOLE_PATH + (path === '/' && text === '' ? '' : path) + (text === '' ? '' : `?${text}`)
}

/** Goes to an address that `hrefOf` returned, unless the person wants to keep what they typed. */
export function navigate(href: string): void {
  if (!mayLeave()) return
  window.dispatchEvent(new Event(LEAVING))
  history.pushState(null, '', href)
  window.dispatchEvent(new CustomEvent(CHANGED, { detail: 'pushed' }))
}

/** Goes to an address, which replaces the current one in the browser's history. */
export function redirect(href: string): void {
  history.replaceState(null, '', href)
  window.dispatchEvent(new CustomEvent(CHANGED, { detail: 'replaced' }))
}

/**
 * Changes the address without changing the page. `state` is stored with it in the browser's history. When the person
 * comes back, `history.state` holds it again.
 */
export function replaceAddress(href: string, state: unknown = null): void {
  history.replaceState(state, '', href)
}

/** Calls `onLeaving` before the console goes to another address, while the current one can still be changed. */
export function onLeave(onLeaving: () => void): () => void {
  window.addEventListener(LEAVING, onLeaving)
  return () => window.removeEventListener(LEAVING, onLeaving)
}

/** The parts of a path that `template` names with a colon; null if the path does not match. */
export function matchPath(template: string, path: string): Record<string, string> | null {
  const parts = template.split('/')
  const given = path.split('/')
  if (parts.length !== given.length) return null
  const names: Record<string, string> = {}
  for (const [position, part] of parts.entries()) {
    const value = given[position] as string
    if (part.startsWith(':') && value !== '') names[part.slice(1)] = decodeURIComponent(value)
    else if (part !== value) return null
  }
  return names
}

function readRoute(by: Route['by']): Route {
  const { pathname, search } = window.location
  return { path: below(pathname), query: new URLSearchParams(search), by }
}

/** Changes the page in place for links into the console. With a modifier key, the browser follows them. */
function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = (event.target as Element).closest<HTMLAnchorElement>('a[href]')
  if (link === null || pathOf(link) === null) return
  event.preventDefault()
  const { pathname, search } = new URL(link.href)
  navigate(pathname + search)
}

/** The path of a link into the console, below `/console`; null for other links. */
export function pathOf(link: HTMLAnchorElement | null): string | null {
  if (link === null || link.target !== '' || link.hash !== '' || link.hasAttribute('download')) return null
  const { origin, pathname } = new URL(link.href)
  if (origin !== window.location.origin || (pathname !== CONSOLE_PATH && !pathname.startsWith(`${CONSOLE_PATH}/`)))
    return null
  return below(pathname)
}

function below(pathname: string): string {
  const path = pathname.slice(CONSOLE_PATH.length).replace(/\/+$/, '')
  return path === '' ? '/' : path
}
