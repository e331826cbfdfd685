import type { FunctionComponent } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useLoaded } from './loading.ts'
import { HomePage } from './pages/home.tsx'
import { Empty } from './parts/empty.tsx'
import { focusPage, Heading } from './parts/heading.tsx'
import { WhenLoaded } from './parts/when-loaded.tsx'
import { hrefOf, matchPath, pathOf, useRoute } from './router.ts'
import { useMayChange } from './session.ts'

type Page = FunctionComponent<{ id: string }>

/** The code of each page, loaded when it is first needed. The first template that matches is shown. */
const PAGES: readonly (readonly [template: string, load: () => Promise<Page>])[] = [
  ['/search', async () => (await import('./pages/search.tsx')).SearchPage],
  ['/devices', async () => (await import('./pages/devices.tsx')).DevicesPage],
  ['/devices/new', async () => (await import('./pages/register.tsx')).RegisterPage],
  ['/devices/:id', async () => (await import('./pages/device.tsx')).DevicePage],
  ['/users', async () => (await import('./pages/users.tsx')).UsersPage],
  ['/users/new', async () => (await import('./pages/new-user.tsx')).NewUserPage],
  ['/users/:id', async () => (await import('./pages/user.tsx')).UserPage],
  ['/sims', async () => (await import('./pages/sims.tsx')).SimsPage],
  ['/sims/new', async () => (await import('./pages/new-sim.tsx')).NewSimPage],
  ['/sims/:id', async () => (await import('./pages/sim.tsx')).SimPage],
  ['/models', async () => (await import('./pages/models.tsx')).ModelsPage],
  ['/models/:id', async () => (await import('./pages/model.tsx')).ModelPage],
  ['/overview', async () => (await import('./pages/overview.tsx')).OverviewPage],
  ['/events', async () => (await import('./pages/events.tsx')).EventsPage],
  ['/webhooks', async () => (await import('./pages/webhooks.tsx')).WebhooksPage],
  ['/webhooks/:id', async () => (await import('./pages/webhook.tsx')).WebhookPage],
  ['/import', async () => (await import('./pages/import.tsx')).ImportPage],
]

/** Pages that only change something. */
const EDITORS_ONLY: ReadonlySet<string> = new Set(['/devices/new', '/users/new', '/sims/new', '/import'])

/** Pages whose code is loaded. They are shown without a placeholder. */
const loadedPages = new Map<string, Page>()

interface Match {
  template: string
  load: () => Promise<Page>
  id: string
}

function findPage(path: string): Match | null {
  for (const [template, load] of PAGES) {
    const names = matchPath(template, path)
    if (names !== null) return { template, load, id: names.id ?? '' }
  }
  return null
}

async function loadPage({ template, load }: Match): Promise<Page> {
  const page = loadedPages.get(template) ?? (await load())
  loadedPages.set(template, page)
  return page
}

/** The page of the current path. */
export function Pages() {
  const { path, by } = useRoute()
  usePageFocus(path, by)
  usePreload()
  const mayChange = useMayChange()
  if (path === '/') return <HomePage />
  const match = findPage(path)
  if (match !== null && EDITORS_ONLY.has(match.template) && !mayChange) return <ReadOnly />
  if (match !== null) return <LoadedPage key={path} match={match} />
  return (
    <>
      <Heading title="There is no such page" />
      <Empty title="This address does not exist.">
        <p>
          Start from the <a href={hrefOf('/')}>search</a>.
        </p>
      </Empty>
    </>
  )
}

function ReadOnly() {
  return (
    <>
      <Heading title="Your key may only read" />
      <Empty title="This page is for making changes.">
        <p>Ask your administrator for a key with the role “editor”.</p>
      </Empty>
    </>
  )
}

function LoadedPage({ match }: { match: Match }) {
  const [Ready] = useState(() => loadedPages.get(match.template))
  return Ready === undefined ? <LoadingPage match={match} /> : <Ready id={match.id} />
}

function LoadingPage({ match }: { match: Match }) {
  const [loaded] = useLoaded(() => loadPage(match), [])
  return (
    <WhenLoaded loaded={loaded} title="Handset">
      {(Page) => <Page id={match.id} />}
    </WhenLoaded>
  )
}

/** Loads the code of a page when the pointer or the focus reaches a link to it. A failure shows when it is opened. */
function usePreload(): void {
  useEffect(() => {
    const preload = ({ target }: Event) => {
      const path = pathOf((target as Element).closest<HTMLAnchorElement>('a[href]'))
      const match = path === null ? null : findPage(path)
      if (match !== null) loadPage(match).catch(() => {})
    }
    document.addEventListener('pointerover', preload)
    document.addEventListener('focusin', preload)
    return () => {
      document.removeEventListener('pointerover', preload)
      document.removeEventListener('focusin', preload)
    }
  }, [])
}

/**
 * Moves the focus to the heading of a new page, so that screen readers start there. The home page starts in the search
 * field. A form starts in its first field. Someone who is typing keeps the focus.
 */
function usePageFocus(path: string, by: string): void {
  const first = useRef(true)
  useEffect(() => {
    const wasFirst = first.current
    first.current = false
    if (by === 'replaced' || document.activeElement?.matches('input')) return
    if (by === 'pushed') window.scrollTo(0, 0)
    if (path === '/' && !hasTouchKeyboard()) document.querySelector<HTMLElement>('.search input')?.focus()
    else if (!wasFirst) focusPage()
  }, [path])
}

/** Whether focusing a field opens a keyboard on the screen. */
function hasTouchKeyboard(): boolean {
  return window.matchMedia('(pointer: coarse)').matches
}
