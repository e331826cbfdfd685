import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { useAction } from '../loading.ts'
import { Dialog } from './dialog.tsx'
import { Failure } from './failure.tsx'
import { TextField } from './field.tsx'

/** Asks the person to type a name before anything is deleted. */
export function DeleteDialog({
  title,
  name,
  what,
  children,
  onDelete,
  onClose,
}: {
  title: string
  /** What the person types to confirm. */
  name: string
  /** What `name` is: the device's name, or its IMEI. */
  what: string
  children: ComponentChildren
  onDelete: () => Promise<void>
  onClose: () => void
}) {
  const [typed, setTyped] = useState('')
  const action = useAction()
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (typed.trim() === name) action.run(onDelete)
        }}
      >
        {children}
        <TextField
          label={`Type the ${what} to delete it`}
          hint={<span class="confirmed-name">{name}</span>}
          value={typed}
          autofocus
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        {action.error !== null && <Failure error={action.error} />}
        <div class="actions">
          <button type="submit" class="button button-danger" disabled={typed.trim() !== name || action.busy}>
            Delete
          </button>
          <button type="button" class="button" onClick={onClose}>
            Keep it
          </button>
        </div>
      </form>
    </Dialog>
  )
}
