import './deeds.css'
import { useNotices } from './notices.tsx'
import { DialogButton } from './parts/dialog-button.tsx'
import { TimeOfDay } from './parts/time.tsx'
import { useMayChange } from './session.ts'

/** A button that shows what the person did in this session. */
export function DeedsButton() {
  if (!useMayChange()) return null
  return (
    <DialogButton title="What did I do" icon="undo">
      {(close) => <Deeds onUndone={close} />}
    </DialogButton>
  )
}

/** The last things that the person did, each with a button that undoes it. They are forgotten with the tab. */
function Deeds({ onUndone }: { onUndone: () => void }) {
  const { deeds, undo } = useNotices()
  if (deeds.length === 0) {
    return <p class="quiet">Nothing yet. What you change in this tab is listed here, and can be undone.</p>
  }
  return (
    <ul class="deeds">
      {deeds.map((deed) => (
        <li key={deed.id}>
          <TimeOfDay at={deed.at} />
          <span>{deed.text}</span>
          {deed.undo && (
            <button type="button" class="button button-quiet" onClick={() => undo(deed).then(onUndone)}>
              Undo<span class="visually-hidden"> {deed.text}</span>
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}
