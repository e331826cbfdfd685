import { DialogButton } from './parts/dialog-button.tsx'
import './shortcuts.css'

const SHORTCUTS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['/'], 'Search'],
  [['Ctrl', 'K'], 'Search, also while you type somewhere else'],
  [['Ctrl', 'V'], 'Look up what you copied, on any page'],
  [['Enter'], 'Move from the search to the result'],
  [['Esc'], 'Clear the search, close a form or dialog'],
  [['Ctrl', 'Z'], 'Undo the last change'],
  [['?'], 'Show these shortcuts'],
]

/** A button that shows the keyboard shortcuts, as `?` does. */
export function ShortcutsButton() {
  return (
    <DialogButton title="Keyboard shortcuts" icon="keyboard" shortcut="?">
      {() => (
        <dl class="shortcuts">
          {SHORTCUTS.map(([keys, what]) => (
            <div key={what}>
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      )}
    </DialogButton>
  )
}
