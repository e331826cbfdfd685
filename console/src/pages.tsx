import type { ComponentChildren, FunctionComponent } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useLoaded } from './loading.ts'
import { DevicePage } from './pages/device.tsx'
import { DevicesPage } from './pages/devices.tsx'
import { HomePage } from './pages/home.tsx'
import { ModelPage } from './pages/model.tsx'
import { ModelsPage } from './pages/models.tsx'
import { NewSimPage } from './pages/new-sim.tsx'
import { NewUserPage } from './pages/new-user.tsx'
import { RegisterPage } from './pages/register.tsx'
import { SearchPage } from './pages/search.tsx'
import { SimPage } from './pages/sim.tsx'
import { SimsPage } from './pages/sims.tsx'
import { UserPage } from './pages/user.tsx'
import { UsersPage } from './pages/users.tsx'
import { Empty } from './parts/empty.tsx'
import { focusPage, Heading } from './parts/heading.tsx'
import { WhenLoaded } from './parts/when-loaded.tsx'
import { hrefOf, matchPath, useRoute } from './router.ts'

/** The first template that matches is shown, so `new` comes before ids. */
const PAGES: readonly (readonly [template: string, show: (names: Record<string, string>) => ComponentChildren])[] = [
  ['/', () => <HomePage />],
  ['/search', () => <SearchPage />],
  ['/devices', () => <DevicesPage />],
  ['/devices/new', () => <RegisterPage />],
  ['/devices/:id', ({ id }) => <DevicePage id={id as string} />],
  ['/users', () => <UsersPage />],
  ['/users/new', () => <NewUserPage />],
  ['/users/:id', ({ id }) => <UserPage id={id as string} />],
  ['/sims', () => <SimsPage />],
  ['/sims/new', () => <NewSimPage />],
  ['/sims/:id', ({ id }) => <SimPage id={id as string} />],
  ['/models', () => <ModelsPage />],
  ['/models/:id', ({ id }) => <ModelPage id={id as string} />],
  ['/overview', () => <Lazy load={async () => (await import('./pages/overview.tsx')).OverviewPage} />],
  ['/import', () => <Lazy load={async () => (await import('./pages/import.tsx')).ImportPage} />],
]

/** The page of the current path. */
export function Pages() {
  const { path, by } = useRoute()
  usePageFocus(path, by)
  for (const [template, show] of PAGES) {
    const names = matchPath(template, path)
    if (names !== null) return <div key={path}>{show(names)}</div>
  }
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

/** A page whose code is loaded when it is first opened. */
function Lazy({ load }: { load: () => Promise<FunctionComponent> }) {
  const [loaded] = useLoaded(load, [])
  return (
    <WhenLoaded loaded={loaded} title="Handset">
      {(Page) => <Page />}
    </WhenLoaded>
  )
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
