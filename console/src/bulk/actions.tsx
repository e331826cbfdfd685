import type { Device, Handset, Sim, User } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { nameOf, nameOfUser } from '../device/name.ts'
import { Picker } from '../find/picker.tsx'
import { bareEmail } from '../identifier/read.ts'
import { recordOfDevice, recordOfSim, recordOfUser } from '../list/records.ts'
import { useAction } from '../loading.ts'
import { Form } from '../parts/form.tsx'
import { problemAt } from '../problems.ts'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'
import { restoreDevice, restoreSim } from '../task/restore.ts'
import type { BulkActions, Run } from './bar.tsx'

export function deviceActions(handset: Handset): BulkActions<Device> {
  return {
    items: 'devices',
    titleOf: (device) => `${nameOf(device)} ${device.imei ?? ''}`,
    hrefOf: ({ id }) => hrefOf(`/devices/${id}`),
    toRecord: recordOfDevice,
    warning: 'Their SIMs become free. Undo registers them again, with new ids.',
    remove: {
      title: 'Deleting.',
      work: ({ id }) => handset.devices.delete(id),
      report: (count) => `Deleted ${counted(count, 'device')}.`,
      undo: (devices) => each(devices, (device) => restoreDevice(handset, device)),
    },
    formLabel: 'Assign to a user',
    form: (start, close) => <AssignForm onUser={(user) => start(assignTo(handset, user))} onCancel={close} />,
  }
}

function assignTo(handset: Handset, user: User): Run<Device> {
  return {
    title: `Assigning to ${nameOfUser(user)}.`,
    work: ({ id }) => handset.devices.update(id, { user: user.id }),
    report: (count) => `Assigned ${counted(count, 'device')} to ${nameOfUser(user)}.`,
    undo: (devices) => each(devices, ({ id, user }) => handset.devices.update(id, { user: user?.id ?? null })),
  }
}

export function userActions(handset: Handset): BulkActions<User> {
  return {
    items: 'users',
    titleOf: ({ email }) => email,
    hrefOf: ({ id }) => hrefOf(`/users/${id}`),
    toRecord: recordOfUser,
    warning: 'Their devices stay, without a user and a name. This cannot be undone.',
    remove: {
      title: 'Deleting.',
      work: ({ id }) => handset.users.delete(id),
      report: (count) => `Deleted ${counted(count, 'user')}.`,
    },
  }
}

export function simActions(handset: Handset): BulkActions<Sim> {
  return {
    items: 'SIMs',
    titleOf: ({ iccid }) => iccid,
    hrefOf: ({ id }) => hrefOf(`/sims/${id}`),
    toRecord: recordOfSim,
    warning: 'SIMs that are in a phone are not deleted. Undo adds them again, with new ids.',
    remove: {
      title: 'Deleting.',
      work: ({ id }) => handset.sims.delete(id),
      report: (count) => `Deleted ${counted(count, 'SIM')}.`,
      undo: (sims) => each(sims, (sim) => restoreSim(handset, sim)),
    },
  }
}

/** Runs an action for one item after another. */
async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  for (const item of items) await work(item)
}

function counted(count: number, one: string): string {
  return `${count.toLocaleString()} ${one}${count === 1 ? '' : 's'}`
}

function AssignForm({ onUser, onCancel }: { onUser: (user: User) => void; onCancel: () => void }) {
  const { handset } = useSession()
  const [text, setText] = useState('')
  const [unknown, setUnknown] = useState<string | null>(null)
  const action = useAction()
  return (
    <Form
      action={action}
      class="inline-form"
      fields={['email']}
      submit="Assign"
      onCancel={onCancel}
      onSubmit={async () => {
        const email = bareEmail(text)
        const [user] = (await handset.users.search({ email })).items
        if (user === undefined) setUnknown(email)
        else onUser(user)
      }}
    >
      <Picker
        kind="user"
        label="The user"
        text={text}
        autofocus
        problem={problemAt(action.error, 'email') ?? (unknown === null ? null : `There is no user ${unknown}.`)}
        onText={setText}
        onPick={({ object }) => onUser(object)}
      />
    </Form>
  )
}
