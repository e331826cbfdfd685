import { useLayoutEffect, useState } from 'preact/hooks'
import { isForFieldOrDialog } from './key-target.ts'
import { Dialog } from './parts/dialog.tsx'
import { Icon } from './parts/icon.tsx'
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
  const [isOpen, setOpen] = useState(false)
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey) return
      if (isForFieldOrDialog(event.target as Element)) return
      event.preventDefault()
      setOpen(true)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-label="Keyboard shortcuts"
        aria-keyshortcuts="?"
        title="Keyboard shortcuts (?)"
        onClick={() => setOpen(true)}
      >
        <Icon name="keyboard" />
      </button>
      {isOpen && (
        <Dialog title="Keyboard shortcuts" onClose={() => setOpen(false)}>
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
          <form method="dialog">
            <div class="actions">
              <button type="submit" class="button">
                Close
              </button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  )
}
