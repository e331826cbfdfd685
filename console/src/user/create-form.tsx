import type { User } from '@handset/sdk'
import { useDraft } from '../drafts.ts'
import { Existing } from '../find/existing.tsx'
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
  isPage = false,
  onCreated,
}: {
  email?: string
  submitLabel: string
  /** Whether the form is a page of its own, which keeps a draft. */
  isPage?: boolean
  onCreated: (user: User) => Promise<void>
}) {
  const { handset } = useSession()
  const [{ email, fullName }, change, endDraft] = useDraft({ email: firstEmail, fullName: '' }, isPage)
  const action = useAction()
  return (
    <Form
      action={action}
      class="sub-form"
      fields={['email', 'fullName']}
      submit={submitLabel}
      isDraft={isPage}
      onSubmit={async () => {
        const user = await handset.users.create({ email: bareEmail(email), fullName: fullName.trim() || null })
        endDraft()
        await onCreated(user)
      }}
    >
      <TextField
        label="E-mail"
        type="email"
        value={email}
        autofocus={isPage && firstEmail === ''}
        problem={problemAt(action.error, 'email')}
        after={<Existing error={action.error} code="userAlreadyExists" kind="user" text={email} />}
        onInput={({ currentTarget }) => change({ email: currentTarget.value })}
      />
      <TextField
        label="Full name (optional)"
        value={fullName}
        autofocus={isPage && firstEmail !== ''}
        problem={problemAt(action.error, 'fullName')}
        onInput={({ currentTarget }) => change({ fullName: currentTarget.value })}
      />
    </Form>
  )
}
