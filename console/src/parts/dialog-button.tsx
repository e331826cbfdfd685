import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'
import { isForFieldOrDialog } from '../key-target.ts'
import { Dialog } from './dialog.tsx'
import { Icon, type IconName } from './icon.tsx'

/** A button with an icon that opens a dialog to read. */
export function DialogButton({
  title,
  icon,
  shortcut,
  children,
}: {
  title: string
  icon: IconName
  /** A key that opens it from anywhere but a field. */
  shortcut?: string
  /** Receives how to close the dialog. */
  children: (close: () => void) => ComponentChildren
}) {
  const [isOpen, setOpen] = useState(false)
  const close = () => setOpen(false)
  useLayoutEffect(() => {
    if (shortcut === undefined) return
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== shortcut || event.ctrlKey || event.metaKey || event.altKey) return
      if (isForFieldOrDialog(event.target as Element)) return
      event.preventDefault()
      setOpen(true)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [shortcut])
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-label={title}
        aria-keyshortcuts={shortcut}
        title={shortcut === undefined ? title : `${title} (${shortcut})`}
        onClick={() => setOpen(true)}
      >
        <Icon name={icon} />
      </button>
      {isOpen && (
        <Dialog title={title} onClose={close}>
          {children(close)}
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
