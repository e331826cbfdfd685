import type { User } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { bareEmail } from '../identifier/read.ts'
import { useAction } from '../loading.ts'
import { TextField } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { problemAt } from '../problems.ts'
import { useSession } from '../session.ts'

/** Creates a user and passes them to `onCreated`. An error that `onCreated` throws is shown in the form too. */
export function CreateUserForm({
  email: firstEmail = '',
  submitLabel,
  autofocus = false,
  onCreated,
}: {
  email?: string
  submitLabel: string
  autofocus?: boolean
  onCreated: (user: User) => Promise<void>
}) {
  const { handset } = useSession()
  const [email, setEmail] = useState(firstEmail)
  const [fullName, setFullName] = useState('')
  const action = useAction()
  return (
    <Form
      action={action}
      class="sub-form"
      fields={['email', 'fullName']}
      submit={submitLabel}
      onSubmit={async () =>
        onCreated(await handset.users.create({ email: bareEmail(email), fullName: fullName.trim() || null }))
      }
    >
      <TextField
        label="E-mail"
        type="email"
        value={email}
        autofocus={autofocus && firstEmail === ''}
        problem={problemAt(action.error, 'email')}
        onInput={({ currentTarget }) => setEmail(currentTarget.value)}
      />
      <TextField
        label="Full name (optional)"
        value={fullName}
        autofocus={autofocus && firstEmail !== ''}
        problem={problemAt(action.error, 'fullName')}
        onInput={({ currentTarget }) => setFullName(currentTarget.value)}
      />
    </Form>
  )
}
