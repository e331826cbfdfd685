import { useState } from 'preact/hooks'
import { Icon } from './parts/icon.tsx'

const THEMES = ['system', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]

const KEPT = 'handset.theme'
const ICONS = { system: 'screen', light: 'sun', dark: 'moon' } as const

/** Puts the page into the theme that was chosen last, or that of the system. */
export function applyTheme(): void {
  document.documentElement.dataset.theme = keptTheme()
}

export function ThemeButton() {
  const [theme, setTheme] = useState(keptTheme)
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] as Theme
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={`Theme: ${theme}. Change to ${next}`}
      title={`Theme: ${theme}`}
      onClick={() => {
        localStorage.setItem(KEPT, next)
        setTheme(next)
        applyTheme()
      }}
    >
      <Icon name={ICONS[theme]} />
    </button>
  )
}

function keptTheme(): Theme {
  return THEMES.find((theme) => theme === localStorage.getItem(KEPT)) ?? 'system'
}
