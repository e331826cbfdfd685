import type { UpdateUser, User } from '@handset/sdk'
import { useRef, useState } from 'preact/hooks'
import { type Change, useChange } from '../changes.ts'
import { useLostFocus } from '../focus.ts'
import { useAction, useLoaded } from '../loading.ts'
import { problemAt } from '../problems.ts'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'
import { CopyButton } from './copy-button.tsx'
import { SimLine } from './device.tsx'
import { DeviceLines } from './device-lines.tsx'
import { TextField } from './field.tsx'
import { FormEnd } from './form-end.tsx'
import { Heading } from './heading.tsx'
import { MetadataPart, takeBack } from './metadata.tsx'
import { RecordPart } from './record.tsx'
import { Shown } from './states.tsx'
import { CalendarDay } from './time.tsx'

/** Devices or SIMs of a user that are shown with them; beyond, there is the list. */
const SHOWN = 20

type ChangeUser = Change<UpdateUser>

/** A user with their devices and SIMs, and everything that can be done to them. */
export function UserView({ user, onChange }: { user: User; onChange: (user: User) => void }) {
  const { handset } = useSession()
  const change: ChangeUser = useChange(user, handset.users.update, onChange)
  return (
    <article class="device" aria-labelledby="page-title">
      <header class="device-head">
        <Heading title={user.fullName ?? user.email} />
        <p class="copyable">
          {user.email} <CopyButton text={user.email} what="e-mail" />
          {user.emailVerified && <span class="tag tag-good">verified</span>}
        </p>
      </header>
      <div class="parts">
        <DevicesPart user={user} />
        <SimsPart user={user} />
        <ProfilePart user={user} change={change} />
        <MetadataPart
          metadata={user.metadata}
          save={(metadata) => change({ metadata }, 'Metadata saved.', { metadata: takeBack(user.metadata, metadata) })}
        />
        <RecordPart
          record={user}
          kind="user"
          name={user.email}
          nameIs="e-mail address"
          list="/users"
          remove={handset.users.delete}
        >
          Their devices stay, without user and name, and their tokens end.
        </RecordPart>
      </div>
    </article>
  )
}

function DevicesPart({ user }: { user: User }) {
  const { handset } = useSession()
  const [loaded] = useLoaded(
    async (signal) => await handset.devices.list({ user: user.id, limit: SHOWN }, { signal }),
    [handset, user.id],
  )
  return (
    <section class="part part-wide" aria-labelledby="devices">
      <header class="part-head">
        <h2 id="devices">Devices</h2>
      </header>
      <Shown of={loaded}>
        {({ items, moreItemsAfter }) => (
          <>
            <DeviceLines devices={items} none={<p class="quiet">None.</p>} />
            {moreItemsAfter !== null && <a href={hrefOf('/devices', { user: user.id })}>All devices of this user</a>}
          </>
        )}
      </Shown>
    </section>
  )
}

function SimsPart({ user }: { user: User }) {
  const { handset } = useSession()
  const [loaded] = useLoaded(
    async (signal) => await handset.sims.list({ user: user.id, limit: SHOWN }, { signal }),
    [handset, user.id],
  )
  return (
    <section class="part" aria-labelledby="sims">
      <header class="part-head">
        <h2 id="sims">SIMs on these devices</h2>
      </header>
      <Shown of={loaded}>
        {({ items, moreItemsAfter }) => (
          <>
            {items.length === 0 && <p class="quiet">None.</p>}
            <ul class="sims">
              {items.map((sim) => (
                <li key={sim.id}>
                  <SimLine sim={sim} />
                </li>
              ))}
            </ul>
            {moreItemsAfter !== null && <a href={hrefOf('/sims', { user: user.id })}>All SIMs of this user</a>}
          </>
        )}
      </Shown>
    </section>
  )
}

const PROFILE = ['fullName', 'email', 'birthday', 'preferredLocale'] as const
type Profile = Pick<User, (typeof PROFILE)[number]>

function ProfilePart({ user, change }: { user: User; change: ChangeUser }) {
  const [editing, setEditing] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  useLostFocus(editing, () => opener.current?.focus())
  return (
    <section class="part" aria-labelledby="profile">
      <header class="part-head">
        <h2 id="profile">Profile</h2>
        {!editing && (
          <button ref={opener} type="button" class="button button-quiet" onClick={() => setEditing(true)}>
            Edit<span class="unseen"> profile</span>
          </button>
        )}
      </header>
      {editing ? (
        <ProfileForm user={user} change={change} onEnd={() => setEditing(false)} />
      ) : (
        <dl class="facts">
          <div>
            <dt>Full name</dt>
            <dd>{user.fullName ?? <span class="quiet">none</span>}</dd>
          </div>
          <div>
            <dt>Birthday</dt>
            <dd>{user.birthday === null ? <span class="quiet">none</span> : <CalendarDay date={user.birthday} />}</dd>
          </div>
          <div>
            <dt>Language</dt>
            <dd>{user.preferredLocale}</dd>
          </div>
        </dl>
      )}
    </section>
  )
}

function ProfileForm({ user, change, onEnd }: { user: User; change: ChangeUser; onEnd: () => void }) {
  const [wanted, setWanted] = useState<Profile>(user)
  const action = useAction()
  const field = (name: (typeof PROFILE)[number]) => ({
    value: wanted[name] ?? '',
    problem: problemAt(action.error, name),
    onInput: ({ currentTarget: { value } }: { currentTarget: HTMLInputElement }) =>
      setWanted({ ...wanted, [name]: value === '' && name !== 'email' && name !== 'preferredLocale' ? null : value }),
  })
  return (
    <form
      noValidate
      onKeyDown={(event) => event.key === 'Escape' && onEnd()}
      onSubmit={(event) => {
        event.preventDefault()
        action.run(async () => {
          const changed = PROFILE.filter((name) => wanted[name] !== user[name])
          const pick = (from: Profile): UpdateUser => Object.fromEntries(changed.map((name) => [name, from[name]]))
          if (changed.length > 0) await change(pick(wanted), 'Profile saved.', pick(user))
          onEnd()
        })
      }}
    >
      <TextField label="Full name" autofocus {...field('fullName')} />
      <TextField label="E-mail" type="email" {...field('email')} />
      <TextField label="Birthday" type="date" {...field('birthday')} />
      <TextField label="Language" hint="A BCP 47 tag, such as en-US or de." {...field('preferredLocale')} />
      <FormEnd action={action} told={PROFILE} submit="Save" onCancel={onEnd} />
    </form>
  )
}
