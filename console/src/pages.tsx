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
import { focusPage, Heading } from './parts/heading.tsx'
import { Empty, Shown } from './parts/states.tsx'
import { hrefOf, matchPath, usePlace } from './router.ts'

/** The first that fits is shown: `new` before ids. */
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
  ['/overview', () => <Later load={async () => (await import('./pages/overview.tsx')).OverviewPage} />],
  ['/import', () => <Later load={async () => (await import('./pages/import.tsx')).ImportPage} />],
]

/** The page of the present path. */
export function Pages() {
  const { path, by } = usePlace()
  useFocusOnPage(path, by)
  for (const [template, show] of PAGES) {
    const names = matchPath(template, path)
    if (names !== null) return <div key={path}>{show(names)}</div>
  }
  return (
    <>
      <Heading title="There is no such page" />
      <Empty title="The address leads nowhere.">
        <p>
          <a href={hrefOf('/')}>Look something up</a> instead.
        </p>
      </Empty>
    </>
  )
}

/** A page that is fetched when it is first gone to. */
function Later({ load }: { load: () => Promise<FunctionComponent> }) {
  const [loaded] = useLoaded(load, [])
  return (
    <Shown of={loaded} title="Handset">
      {(Page) => <Page />}
    </Shown>
  )
}

/**
 * A page that was gone to is read from its heading on, but for the one that is for looking up, which begins in the search
 * field, and for a form that begins in a field of its own; who types into the search field goes on typing.
 */
function useFocusOnPage(path: string, by: string): void {
  const first = useRef(true)
  // A change of path is what leads to another page.
  useEffect(() => {
    const wasFirst = first.current
    first.current = false
    if (by === 'replaced' || document.activeElement?.matches('input')) return
    if (by === 'pushed') window.scrollTo(0, 0)
    if (path === '/' && !hasTouchKeyboard()) document.querySelector<HTMLElement>('.search input')?.focus()
    else if (!wasFirst) focusPage()
  }, [path])
}

/** Whether a field that has the focus brings up a keyboard over the page. */
function hasTouchKeyboard(): boolean {
  return window.matchMedia('(pointer: coarse)').matches
}
