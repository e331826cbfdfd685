import type { UpdateUser, User } from '@handset/sdk'
import { useState } from 'preact/hooks'
import { useAction } from '../loading.ts'
import { OpenButton, useDisclosure } from '../parts/disclosure.tsx'
import { Fact, Facts } from '../parts/facts.tsx'
import { TextField } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { Part } from '../parts/part.tsx'
import { CalendarDay } from '../parts/time.tsx'
import { problemAt } from '../problems.ts'
import type { Change } from '../use-change.ts'

const PROFILE = ['fullName', 'email', 'birthday', 'preferredLocale'] as const
type Profile = Pick<User, (typeof PROFILE)[number]>

interface ProfileProps {
  user: User
  change: Change<UpdateUser>
}

/** The name, birthday and language of a user, with the form that changes them. */
export function ProfilePart({ user, change }: ProfileProps) {
  const editing = useDisclosure()
  const action = !editing.isOpen && (
    <OpenButton disclosure={editing}>
      Edit<span class="visually-hidden"> profile</span>
    </OpenButton>
  )
  return (
    <Part title="Profile" action={action}>
      {editing.isOpen ? (
        <ProfileForm user={user} change={change} onEnd={editing.close} />
      ) : (
        <Facts>
          <Fact name="Full name">{user.fullName ?? <span class="quiet">none</span>}</Fact>
          <Fact name="Birthday">
            {user.birthday === null ? <span class="quiet">none</span> : <CalendarDay date={user.birthday} />}
          </Fact>
          <Fact name="Language">{user.preferredLocale}</Fact>
        </Facts>
      )}
    </Part>
  )
}

function ProfileForm({ user, change, onEnd }: ProfileProps & { onEnd: () => void }) {
  const [profile, setProfile] = useState<Profile>(user)
  const action = useAction()
  const field = (name: (typeof PROFILE)[number]) => ({
    value: profile[name] ?? '',
    problem: problemAt(action.error, name),
    onInput: ({ currentTarget: { value } }: { currentTarget: HTMLInputElement }) =>
      setProfile({ ...profile, [name]: value === '' && (name === 'fullName' || name === 'birthday') ? null : value }),
  })
  const save = async () => {
    const changed = PROFILE.filter((name) => profile[name] !== user[name])
    const pick = (from: Profile): UpdateUser => Object.fromEntries(changed.map((name) => [name, from[name]]))
    if (changed.length > 0) await change(pick(profile), 'Profile saved.', pick(user))
    onEnd()
  }
  return (
    <Form action={action} fields={PROFILE} submit="Save" onSubmit={save} onCancel={onEnd}>
      <TextField label="Full name" autofocus {...field('fullName')} />
      <TextField label="E-mail" type="email" {...field('email')} />
      <TextField label="Birthday" type="date" {...field('birthday')} />
      <TextField label="Language" hint="A language tag, such as en-US or de." {...field('preferredLocale')} />
    </Form>
  )
}
