import { type ComponentChildren, createContext } from 'preact'
import { useContext, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import { announceChange } from './changes.ts'
import { isForFieldOrDialog } from './key-target.ts'
import './notices.css'
import { Icon } from './parts/icon.tsx'
import { describeError } from './problems.ts'

/** Something that the person did in this session. */
export interface Deed {
  id: number
  text: string
  at: Date
  /** Undefined if it cannot be undone, or was. */
  undo: (() => Promise<unknown>) | undefined
}

/** A page that the person may want to see next. */
interface NoticeLink {
  href: string
  text: string
}

interface Notices {
  /**
   * Reports what was done, with a button that undoes it and a link to what else it affected, and adds it to the list of
   * what the person did.
   */
  notify(text: string, undo?: () => Promise<unknown>, link?: NoticeLink): void
  /** The newest first. */
  deeds: readonly Deed[]
  undo(deed: Deed): Promise<void>
}

/** How many of the things that the person did are remembered. */
const REMEMBERED = 10

const NoticesContext = createContext<Notices>({ notify() {}, deeds: [], async undo() {} })

export function useNotices(): Notices {
  return useContext(NoticesContext)
}

interface Notice {
  text: string
  deed: Deed | null
  link?: NoticeLink | undefined
}

let deedsDone = 0

export function NoticesProvider({ children }: { children: ComponentChildren }) {
  const [notice, setNotice] = useState<Notice | null>(null)
  const [deeds, setDeeds] = useState<readonly Deed[]>([])
  const notices = useMemo<Notices>(
    () => ({
      deeds,
      notify(text, undo, link) {
        const deed = { id: ++deedsDone, text, at: new Date(), undo }
        setDeeds((deeds) => [deed, ...deeds].slice(0, REMEMBERED))
        setNotice({ text, deed, link })
        announceChange()
      },
      async undo(deed) {
        try {
          await deed.undo?.()
          setDeeds((deeds) => deeds.map((each) => (each.id === deed.id ? { ...each, undo: undefined } : each)))
          setNotice({ text: 'Undone.', deed: null })
        } catch (error) {
          setNotice({ text: `Not undone: ${describeError(error).message}`, deed: null })
        }
        announceChange()
      },
    }),
    [deeds],
  )
  return (
    <NoticesContext.Provider value={notices}>
      {children}
      <div class="notices" role="status">
        {notice !== null && <NoticeBar notice={notice} onDismiss={() => setNotice(null)} undo={notices.undo} />}
      </div>
    </NoticesContext.Provider>
  )
}

function NoticeBar({
  notice: { text, deed, link },
  onDismiss,
  undo,
}: {
  notice: Notice
  onDismiss: () => void
  undo: Notices['undo']
}) {
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
      if (deed?.undo === undefined || isForFieldOrDialog(event.target as Element)) return
      event.preventDefault()
      undo(deed)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [deed, undo])
  return (
    <div class="notice">
      <p>
        {text} {link && <a href={link.href}>{link.text}</a>}
      </p>
      {deed?.undo && (
        <button
          type="button"
          class="button button-quiet"
          aria-keyshortcuts="Control+Z"
          title="Ctrl+Z"
          onClick={() => undo(deed)}
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
