import { etagOf } from '@handset/sdk'
import type { ComponentChildren } from 'preact'
import { useNotices } from '../notices.tsx'
import { hrefOf, navigate } from '../router.ts'
import { CopyButton } from './copy-button.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { Dialog } from './dialog.tsx'
import { OpenButton, useDisclosure } from './disclosure.tsx'
import { Fact, Facts } from './facts.tsx'
import { Part } from './part.tsx'
import { Moment } from './time.tsx'

/** When an object was added, its id, and the button that deletes it. `children` say what deleting it does. */
export function RecordPart({
  record,
  kind,
  name,
  nameIs,
  list,
  remove,
  restore,
  obstacle,
  children,
}: {
  record: { id: string; createdAt: string }
  kind: 'device' | 'user' | 'SIM' | 'webhook'
  /** What the person types to confirm. */
  name: string
  /** What `name` is, such as an IMEI. */
  nameIs: string
  /** The path of the page to show after the object is deleted. */
  list: string
  remove: (id: string, options: { ifMatch: string | undefined }) => Promise<unknown>
  /** Adds the deleted object again, with a new id. Without it, deleting cannot be undone. */
  restore?: () => Promise<unknown>
  /** What must be done before it can be deleted, shown instead of the question. */
  obstacle?: ComponentChildren
  children: ComponentChildren
}) {
  const { notify } = useNotices()
  const deletion = useDisclosure()
  return (
    <Part
      title="Record"
      action={
        <OpenButton disclosure={deletion} danger>
          Delete {kind}
        </OpenButton>
      }
    >
      <Facts>
        <Fact name="Added">
          <Moment at={record.createdAt} />
        </Fact>
        <Fact name="Id">
          <Id id={record.id} />
        </Fact>
      </Facts>
      {deletion.isOpen && obstacle && (
        <Dialog title={`Delete this ${kind}?`} onClose={deletion.close}>
          {obstacle}
        </Dialog>
      )}
      {deletion.isOpen && !obstacle && (
        <DeleteDialog
          title={`Delete this ${kind}?`}
          name={name}
          what={nameIs}
          onClose={deletion.close}
          onDelete={async () => {
            await remove(record.id, { ifMatch: etagOf(record) })
            navigate(hrefOf(list))
            notify(`Deleted ${name}.`, restore)
          }}
        >
          <p>
            {children} {restore === undefined ? 'This cannot be undone.' : 'Undo adds it again, with a new id.'}
          </p>
        </DeleteDialog>
      )}
    </Part>
  )
}

/** An id with a button that copies it. */
export function Id({ id }: { id: string }) {
  return (
    <span class="copyable">
      <code>{id}</code>
      <CopyButton text={id} what="id" />
    </span>
  )
}
