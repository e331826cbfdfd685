import { etagOf } from '@handset/sdk'
import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { useLostFocus } from '../focus.ts'
import { useNotices } from '../notices.tsx'
import { goTo, hrefOf } from '../router.ts'
import { CopyButton } from './copy-button.tsx'
import { DeleteDialog } from './dialog.tsx'
import { Moment } from './time.tsx'

/** Since when an object is there, its id, and the way to delete it. `children` say what a deletion does. */
export function RecordPart({
  record,
  kind,
  name,
  nameIs,
  list,
  remove,
  children,
}: {
  record: { id: string; createdAt: string }
  kind: 'device' | 'user' | 'SIM'
  /** To be typed back. */
  name: string
  /** What the name is. */
  nameIs: string
  /** Where to go when the object is no more. */
  list: string
  remove: (id: string, options: { ifMatch: string | undefined }) => Promise<unknown>
  children: ComponentChildren
}) {
  const { say } = useNotices()
  const [deleting, setDeleting] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  useLostFocus(deleting, () => opener.current?.focus())
  return (
    <section class="part" aria-labelledby="record">
      <header class="part-head">
        <h2 id="record">Record</h2>
        <button
          ref={opener}
          type="button"
          class="button button-quiet button-danger-quiet"
          onClick={() => setDeleting(true)}
        >
          Delete {kind}
        </button>
      </header>
      <dl class="facts">
        <div>
          <dt>Added</dt>
          <dd>
            <Moment at={record.createdAt} />
          </dd>
        </div>
        <div>
          <dt>Id</dt>
          <dd>
            <Id id={record.id} />
          </dd>
        </div>
      </dl>
      {deleting && (
        <DeleteDialog
          title={`Delete this ${kind}?`}
          name={name}
          what={nameIs}
          onClose={() => setDeleting(false)}
          onDelete={async () => {
            await remove(record.id, { ifMatch: etagOf(record) })
            goTo(hrefOf(list))
            say(`Deleted ${name}.`)
          }}
        >
          <p>{children} This cannot be undone.</p>
        </DeleteDialog>
      )}
    </section>
  )
}

/** An id, to be copied into a ticket. */
export function Id({ id }: { id: string }) {
  return (
    <span class="copyable">
      <code>{id}</code>
      <CopyButton text={id} what="id" />
    </span>
  )
}
