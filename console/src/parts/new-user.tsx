import type { User } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { useAction } from '../loading.ts'
import { problemAt } from '../problems.ts'
import { useSession } from '../session.ts'
import { TextField } from './field.tsx'
import { FormEnd } from './form-end.tsx'

/** Makes a user; `onCreated` goes on with it, and what fails there is shown here too. */
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
    <form
      noValidate
      class="sub-form"
      onSubmit={(event) => {
        event.preventDefault()
        action.run(async () =>
          onCreated(await handset.users.create({ email: email.trim(), fullName: fullName.trim() || null })),
        )
      }}
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
      <FormEnd action={action} told={['email', 'fullName']} submit={submitLabel} />
    </form>
  )
}
