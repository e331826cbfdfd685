import '@fontsource-variable/inter/index.css'
import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/print.css'
import { render } from 'preact'
import { fixIcon } from './address.ts'
import { App } from './app.tsx'
import { applyTheme } from './theme.tsx'
import { warnBeforeUnload } from './unsaved.ts'

fixIcon()
applyTheme()
warnBeforeUnload()
render(<App />, document.body)
