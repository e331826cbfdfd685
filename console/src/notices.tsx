import { type ComponentChildren, createContext } from 'preact'
import { useContext, useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import { isForFieldOrDialog } from './key-target.ts'
import './notices.css'
import { Icon } from './parts/icon.tsx'
import { describeError } from './problems.ts'
import { useRoute } from './router.ts'

interface Notice {
  text: string
  undo: (() => Promise<unknown>) | undefined
}

interface Notices {
  /**
   * Reports what was done and offers to undo it. The notice stays until it is dismissed, another replaces it, or the
   * person leaves the page.
   */
  notify(text: string, undo?: () => Promise<unknown>): void
}

const NoticesContext = createContext<Notices>({ notify() {} })

export function useNotices(): Notices {
  return useContext(NoticesContext)
}

export function NoticesProvider({ children }: { children: ComponentChildren }) {
  const [notice, setNotice] = useState<Notice | null>(null)
  const notices = useMemo<Notices>(() => ({ notify: (text, undo) => setNotice({ text, undo }) }), [])
  return (
    <NoticesContext.Provider value={notices}>
      {children}
      <div class="notices" role="status">
        {notice !== null && <NoticeBar notice={notice} onDismiss={() => setNotice(null)} notify={notices.notify} />}
      </div>
    </NoticesContext.Provider>
  )
}

function NoticeBar({
  notice: { text, undo },
  onDismiss,
  notify,
}: {
  notice: Notice
  onDismiss: () => void
  notify: Notices['notify']
}) {
  const { path } = useRoute()
  const [firstPath] = useState(path)
  useEffect(() => {
    if (path !== firstPath && undo !== undefined) onDismiss()
  }, [path])
  const runUndo = () =>
    undo?.().then(
      () => notify('Undone.'),
      (error: unknown) => notify(`Not undone: ${describeError(error).message}`),
    )
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
      if (isForFieldOrDialog(event.target as Element)) return
      event.preventDefault()
      runUndo()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [undo])
  return (
    <div class="notice">
      <p>{text}</p>
      {undo && (
        <button
          type="button"
          class="button button-quiet"
          aria-keyshortcuts="Control+Z"
          title="Ctrl+Z"
          onClick={runUndo}
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
