import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { DeedsButton } from './deeds.tsx'
import { useLiveChanges } from './events/live.ts'
import { useAction } from './loading.ts'
import { Brand } from './parts/brand.tsx'
import { Icon, type IconName } from './parts/icon.tsx'
import { SearchField } from './parts/search-field.tsx'
import { describeError } from './problems.ts'
import { hrefOf, useRoute } from './router.ts'
import { useMayChange, useSession } from './session.ts'
import './shell.css'
import { ShortcutsButton } from './shortcuts.tsx'
import { ThemeButton } from './theme.tsx'

const SECTIONS: readonly { path: string; title: string; icon: IconName; forEditors?: true }[] = [
  { path: '/', title: 'Search', icon: 'search' },
  { path: '/devices', title: 'Devices', icon: 'smartphone' },
  { path: '/users', title: 'Users', icon: 'user' },
  { path: '/sims', title: 'SIMs', icon: 'sim' },
  { path: '/models', title: 'Models', icon: 'book' },
  { path: '/overview', title: 'Overview', icon: 'chart' },
  { path: '/events', title: 'Events', icon: 'history' },
  { path: '/webhooks', title: 'Webhooks', icon: 'webhook' },
  { path: '/import', title: 'Import', icon: 'upload', forEditors: true },
]

/** The frame of every page: navigation, search field and session. */
export function Shell({ children }: { children: ComponentChildren }) {
  const { path } = useRoute()
  const mayChange = useMayChange()
  useLiveChanges()
  const [isMenuOpen, setMenuOpen] = useState(false)
  useEffect(() => setMenuOpen(false), [path])
  // A layout effect, so that Escape works as soon as the menu is visible.
  useLayoutEffect(() => {
    if (!isMenuOpen) return
    const onKey = ({ key }: KeyboardEvent) => key === 'Escape' && setMenuOpen(false)
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [isMenuOpen])
  return (
    <div class="shell" data-menu={isMenuOpen ? 'open' : undefined}>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <header class="side">
        <div class="side-head">
          <a class="home" href={hrefOf('/')}>
            <Brand />
          </a>
          <button
            type="button"
            class="icon-button menu-button"
            aria-expanded={isMenuOpen}
            aria-controls="menu"
            aria-label="Menu"
            onClick={() => setMenuOpen(!isMenuOpen)}
          >
            <Icon name={isMenuOpen ? 'cross' : 'menu'} />
          </button>
        </div>
        <div class="menu" id="menu">
          <nav aria-label="Console">
            <ul>
              {SECTIONS.filter(({ forEditors }) => mayChange || !forEditors).map(({ path: to, title, icon }) => (
                <li key={to}>
                  <a href={hrefOf(to)} aria-current={isWithin(path, to) ? 'page' : undefined}>
                    <Icon name={icon} />
                    {title}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <SessionPart />
        </div>
      </header>
      <div class="page">
        <div class="top">
          <SearchField />
        </div>
        <main id="content" tabIndex={-1}>
          {children}
        </main>
      </div>
    </div>
  )
}

function SessionPart() {
  const { project, key, all, show, addProject, signOut } = useSession()
  const leaving = useAction()
  return (
    <div class="session">
      <p>
        <span class="quiet">Project</span>
        <span class="project">
          {project.name} <span class={`tag tag-${project.type}`}>{project.type}</span>
        </span>
        {key.role === 'viewer' && <span class="quiet">You can read, but not change anything.</span>}
      </p>
      {all.length > 1 && (
        <label>
          <span class="quiet">Switch to</span>
          <select value={project.id} onChange={({ currentTarget }) => show(currentTarget.value)}>
            {all.map((one) => (
              <option key={one.project.id} value={one.project.id}>
                {one.project.name}
              </option>
            ))}
          </select>
        </label>
      )}
      <p>
        <span class="quiet">Signed in as</span>
        <span class="project">
          {key.name} <span class="tag">{key.role}</span>
        </span>
      </p>
      <button type="button" class="button button-quiet" onClick={addProject}>
        Sign in to another project
      </button>
      {leaving.error !== null && <p class="failure">{describeError(leaving.error).message}</p>}
      <div class="session-actions">
        <DeedsButton />
        <ShortcutsButton />
        <ThemeButton />
        <button
          type="button"
          class="icon-button"
          aria-label="Sign out"
          title="Sign out"
          disabled={leaving.busy}
          onClick={() => leaving.run(signOut)}
        >
          <Icon name="leave" />
        </button>
      </div>
    </div>
  )
}

function isWithin(path: string, section: string): boolean {
  if (section === '/') return path === '/' || path === '/search'
  return path === section || path.startsWith(`${section}/`)
}
