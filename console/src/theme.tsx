import { useState } from 'preact/hooks'
import { Icon } from './parts/icon.tsx'

const THEMES = ['system', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]

const STORED_THEME = 'handset.theme'
const ICONS = { system: 'screen', light: 'sun', dark: 'moon' } as const

/** Applies the theme that the person chose, or that of the system. */
export function applyTheme(): void {
  document.documentElement.dataset.theme = storedTheme()
}

export function ThemeButton() {
  const [theme, setTheme] = useState(storedTheme)
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] as Theme
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={`Theme: ${theme}. Change to ${next}`}
      title={`Theme: ${theme}`}
      onClick={() => {
        localStorage.setItem(STORED_THEME, next)
        setTheme(next)
        applyTheme()
      }}
    >
      <Icon name={ICONS[theme]} />
    </button>
  )
}

function storedTheme(): Theme {
  return THEMES.find((theme) => theme === localStorage.getItem(STORED_THEME)) ?? 'system'
}
