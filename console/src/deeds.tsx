import { useState } from 'preact/hooks'
import './deeds.css'
import { useNotices } from './notices.tsx'
import { Dialog } from './parts/dialog.tsx'
import { Icon } from './parts/icon.tsx'
import { TimeOfDay } from './parts/time.tsx'
import { useMayChange } from './session.ts'

/** A button that shows what the person did in this session. */
export function DeedsButton() {
  const [isOpen, setOpen] = useState(false)
  if (!useMayChange()) return null
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-label="What did I do"
        title="What did I do"
        onClick={() => setOpen(true)}
      >
        <Icon name="undo" />
      </button>
      {isOpen && <DeedsDialog onClose={() => setOpen(false)} />}
    </>
  )
}

/** The last things that the person did, each with a button that undoes it. They are forgotten with the tab. */
function DeedsDialog({ onClose }: { onClose: () => void }) {
  const { deeds, undo } = useNotices()
  return (
    <Dialog title="What did I do" onClose={onClose}>
      {deeds.length === 0 ? (
        <p class="quiet">Nothing yet. What you change in this tab is listed here, and can be undone.</p>
      ) : (
        <ul class="deeds">
          {deeds.map((deed) => (
            <li key={deed.id}>
              <TimeOfDay at={deed.at} />
              <span>{deed.text}</span>
              {deed.undo && (
                <button type="button" class="button button-quiet" onClick={() => undo(deed).then(onClose)}>
                  Undo<span class="visually-hidden"> {deed.text}</span>
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      <form method="dialog">
        <div class="actions">
          <button type="submit" class="button">
            Close
          </button>
        </div>
      </form>
    </Dialog>
  )
}
