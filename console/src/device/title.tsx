import type { Device, UpdateDevice } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { useAction } from '../loading.ts'
import { OpenButton, useDisclosure } from '../parts/disclosure.tsx'
import { TextField } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { takeFocus } from '../parts/heading.tsx'
import { problemAt } from '../problems.ts'
import type { Change } from '../use-change.ts'
import { nameOf } from './name.ts'

interface TitleProps {
  device: Device
  change: Change<UpdateDevice>
}

/** The name of a device as the heading of its page, with the form that changes it. */
export function DeviceTitle({ device, change }: TitleProps) {
  const renaming = useDisclosure()
  if (renaming.isOpen) return <NameForm device={device} change={change} onEnd={renaming.close} />
  return (
    <div class="title-line">
      <h1 id="page-title" tabIndex={-1} ref={takeFocus}>
        {nameOf(device)}
      </h1>
      <OpenButton disclosure={renaming}>{device.name === null ? 'Give a name' : 'Rename'}</OpenButton>
    </div>
  )
}

function NameForm({ device, change, onEnd }: TitleProps & { onEnd: () => void }) {
  const [name, setName] = useState(device.name ?? '')
  const action = useAction()
  return (
    <Form
      action={action}
      class="inline-form"
      fields={['name']}
      submit="Save"
      onCancel={onEnd}
      onSubmit={async () => {
        const newName = name.trim() === '' ? null : name
        if (newName !== device.name) await change({ name: newName }, 'Renamed.', { name: device.name })
        onEnd()
      }}
    >
      <h1 id="page-title" class="visually-hidden">
        {nameOf(device)}
      </h1>
      <TextField
        label="Name"
        hint="Leave it empty to remove the name."
        value={name}
        autofocus
        problem={problemAt(action.error, 'name')}
        onInput={({ currentTarget }) => setName(currentTarget.value)}
      />
    </Form>
  )
}
