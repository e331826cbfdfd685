import type { Device, UpdateDevice, User } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { Picker } from '../find/picker.tsx'
import { bareEmail } from '../identifier/read.ts'
import { useAction } from '../loading.ts'
import { OpenButton, useDisclosure } from '../parts/disclosure.tsx'
import { EscapeArea, Form } from '../parts/form.tsx'
import { InlineAction } from '../parts/inline-action.tsx'
import { Part } from '../parts/part.tsx'
import { problemAt } from '../problems.ts'
import { useSession } from '../session.ts'
import type { Change } from '../use-change.ts'
import { CreateUserForm } from '../user/create-form.tsx'
import { UserLine } from '../user/line.tsx'

/** The user of a device, with the form that assigns another. */
export function UserPart({ device, change }: { device: Device; change: Change<UpdateDevice> }) {
  const { user } = device
  const assigning = useDisclosure(user?.id)
  const assign = async (next: User) => {
    await change({ user: next.id }, `Assigned to ${next.email}.`, { user: user?.id ?? null })
    assigning.close()
  }
  return (
    <Part
      title="User"
      action={
        !assigning.isOpen && (
          <div class="part-actions">
            <OpenButton disclosure={assigning}>{user === null ? 'Assign a user' : 'Change user'}</OpenButton>
            {user !== null && (
              <InlineAction
                label="Unassign"
                run={() => change({ user: null }, `Unassigned from ${user.email}.`, { user: user.id })}
              />
            )}
          </div>
        )
      }
    >
      {assigning.isOpen ? (
        <AssignForm assign={assign} onCancel={assigning.close} />
      ) : user === null ? (
        <p class="quiet">Nobody has this device.</p>
      ) : (
        <UserLine user={user} />
      )}
    </Part>
  )
}

function AssignForm({ assign, onCancel }: { assign: (user: User) => Promise<void>; onCancel: () => void }) {
  const { handset } = useSession()
  const [email, setEmail] = useState('')
  const [unknown, setUnknown] = useState<string | null>(null)
  const action = useAction()
  const problem = problemAt(action.error, 'email') ?? problemAt(action.error, 'user')
  const find = async () => {
    setUnknown(null)
    const address = bareEmail(email)
    const [user] = (await handset.users.search({ email: address })).items
    if (user === undefined) setUnknown(address)
    else await assign(user)
  }
  return (
    <EscapeArea onEscape={onCancel}>
      <Form
        action={action}
        isSecondary={unknown !== null}
        fields={['email', 'user']}
        submit="Assign"
        onSubmit={find}
        onCancel={onCancel}
      >
        <Picker
          kind="user"
          label="E-mail of the user"
          text={email}
          autofocus
          problem={problem ?? (unknown === null ? null : `There is no user ${unknown}.`)}
          onText={setEmail}
          onPick={({ object }) => action.run(() => assign(object))}
        />
      </Form>
      {unknown !== null && (
        <CreateUserForm key={unknown} email={unknown} submitLabel="Create the user and assign" onCreated={assign} />
      )}
    </EscapeArea>
  )
}
