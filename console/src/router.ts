import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'

const BASE = '/console'

/** Where the person is: the path below `/console`, and the query. */
export interface Place {
  path: string
  query: URLSearchParams
  /** How the person came here. The browser's own back and forward are `moved`. */
  by: 'opened' | 'pushed' | 'replaced' | 'moved'
}

const CHANGED = 'handset:place'
const LEAVING = 'handset:leaving'

const PlaceContext = createContext<Place>({ path: '/', query: new URLSearchParams(), by: 'opened' })

export const PlaceProvider = PlaceContext.Provider

export function usePlace(): Place {
  return useContext(PlaceContext)
}

/** The place as it changes; for the top of the page, which hands it to all below. */
export function useCurrentPlace(): Place {
  const [place, setPlace] = useState(() => readPlace('opened'))
  useEffect(() => {
    const onMove = () => setPlace(readPlace('moved'))
    const onChange = (event: Event) => setPlace(readPlace((event as CustomEvent<Place['by']>).detail))
    window.addEventListener('popstate', onMove)
    window.addEventListener(CHANGED, onChange)
    document.addEventListener('click', followLink)
    return () => {
      window.removeEventListener('popstate', onMove)
      window.removeEventListener(CHANGED, onChange)
      document.removeEventListener('click', followLink)
    }
  }, [])
  return place
}

/** The address of a path of the console. Filters that are empty stay out of it. */
export function hrefOf(path: string, query: Readonly<Record<string, string | null | undefined>> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const text = new URLSearchParams(given).toString()
  return BASE + (path === '/' && text === '' ? '' : path) + (text === '' ? '' : `?${text}`)
}

/** Goes to an address that `hrefOf` gave. */
export function goTo(href: string): void {
  window.dispatchEvent(new Event(LEAVING))
  history.pushState(null, '', href)
  window.dispatchEvent(new CustomEvent(CHANGED, { detail: 'pushed' }))
}

/** Goes to an address that takes the place of the present one in the browser's history. */
export function replaceWith(href: string): void {
  history.replaceState(null, '', href)
  window.dispatchEvent(new CustomEvent(CHANGED, { detail: 'replaced' }))
}

/**
 * Says in the address bar where the person has got to, and nothing else. `state` is kept with it in the browser's history,
 * where `history.state` gives it to who comes back.
 */
export function noteAddress(href: string, state: unknown = null): void {
  history.replaceState(state, '', href)
}

/** Calls `note` when the person goes on to another address, while the present one can still be noted. */
export function beforeLeaving(note: () => void): () => void {
  window.addEventListener(LEAVING, note)
  return () => window.removeEventListener(LEAVING, note)
}

/** The parts of a path that `template` names with a colon; null where the path is another. */
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

function readPlace(by: Place['by']): Place {
  const { pathname, search } = window.location
  const path = pathname.slice(BASE.length).replace(/\/+$/, '')
  return { path: path === '' ? '/' : path, query: new URLSearchParams(search), by }
}

/** Links into the console change the page in place; with a modifier key they do what the browser does. */
function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = (event.target as Element).closest<HTMLAnchorElement>('a[href]')
  if (link === null || link.target !== '' || link.hash !== '' || link.hasAttribute('download')) return
  const { origin, pathname, search } = new URL(link.href)
  if (origin !== window.location.origin || (pathname !== BASE && !pathname.startsWith(`${BASE}/`))) return
  event.preventDefault()
  goTo(pathname + search)
}
