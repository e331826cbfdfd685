import { type ComponentChildren, createContext } from 'preact'
import { useContext, useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import { isElsewhere } from './keys.ts'
import { Icon } from './parts/icon.tsx'
import { tell } from './problems.ts'
import { usePlace } from './router.ts'

interface Notice {
  text: string
  undo: (() => Promise<unknown>) | undefined
}

interface Notices {
  /** Says what was done; `undo` undoes it. It stays until it is dismissed, replaced, or the page is left. */
  say(text: string, undo?: () => Promise<unknown>): void
}

const NoticesContext = createContext<Notices>({ say() {} })

export function useNotices(): Notices {
  return useContext(NoticesContext)
}

export function NoticesProvider({ children }: { children: ComponentChildren }) {
  const [notice, setNotice] = useState<Notice | null>(null)
  const notices = useMemo<Notices>(() => ({ say: (text, undo) => setNotice({ text, undo }) }), [])
  return (
    <NoticesContext.Provider value={notices}>
      {children}
      <div class="notices" role="status">
        {notice !== null && <NoticeBar notice={notice} onDismiss={() => setNotice(null)} say={notices.say} />}
      </div>
    </NoticesContext.Provider>
  )
}

function NoticeBar({ notice, onDismiss, say }: { notice: Notice; onDismiss: () => void; say: Notices['say'] }) {
  const { path } = usePlace()
  const [pathThen] = useState(path)
  useEffect(() => {
    if (path !== pathThen && notice.undo !== undefined) onDismiss()
  }, [path])
  const { undo } = notice
  const takeBack = () =>
    undo?.().then(
      () => say('Undone.'),
      (error: unknown) => say(`Not undone: ${tell(error).message}`),
    )
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
      if (isElsewhere(event.target as Element)) return
      event.preventDefault()
      takeBack()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [undo])
  return (
    <div class="notice">
      <p>{notice.text}</p>
      {undo && (
        <button
          type="button"
          class="button button-quiet"
          aria-keyshortcuts="Control+Z"
          title="Ctrl+Z"
          onClick={takeBack}
        >
          Undo
        </button>
      )}
      <button type="button" class="icon-button" aria-label="Dismiss" onClick={onDismiss}>
        <Icon name="cross" />
      </button>
    </div>
  )
}
