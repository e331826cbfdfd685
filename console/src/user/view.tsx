import type { DeviceList, UpdateUser, User } from '@handset/sdk'
import { DeviceLines } from '../device/line.tsx'
import { nameOfUser } from '../device/name.ts'
import { type Loaded, useLoaded } from '../loading.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { Heading } from '../parts/heading.tsx'
import { MetadataPart, revertOf } from '../parts/metadata.tsx'
import { Part } from '../parts/part.tsx'
import { RecordPage } from '../parts/record-page.tsx'
import { RecordPart } from '../parts/record-part.tsx'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'
import { SimLine } from '../sim/line.tsx'
import { restoreUser } from '../task/restore.ts'
import { TaskButton, UserTask } from '../task/tasks.tsx'
import { type Change, useChange } from '../use-change.ts'
import { ProfilePart } from './profile-part.tsx'

/** How many devices or SIMs are shown with their user. The lists show the rest. */
const LIMIT = 20

/** A user, their devices and SIMs, and everything that can be done with them. */
export function UserView({ user, onChange }: { user: User; onChange: (user: User) => void }) {
  const { handset } = useSession()
  const [devices] = useLoaded(
    async (signal) => await handset.devices.list({ user: user.id, limit: LIMIT }, { signal }),
    [handset, user.id],
  )
  const hasPhone = devices.state === 'ready' && devices.value.items.length > 0
  const change: Change<UpdateUser> = useChange(user, handset.users.update, onChange)
  return (
    <RecordPage
      history={{ user: user.id }}
      head={
        <>
          <Heading title={nameOfUser(user)} />
          <p class="copyable">
            {user.email} <CopyButton text={user.email} what="e-mail" />
            {user.emailVerified && <span class="tag tag-good">verified</span>}
          </p>
        </>
      }
      actions={
        devices.state === 'ready' && (
          <>
            <TaskButton task="add-phone" isMain={!hasPhone}>
              Add a phone
            </TaskButton>
            {hasPhone && (
              <TaskButton task="replace" isMain>
                Replace phone
              </TaskButton>
            )}
          </>
        )
      }
      task={<UserTask user={user} />}
    >
      <DevicesPart user={user} loaded={devices} />
      <SimsPart user={user} />
      <ProfilePart user={user} change={change} />
      <MetadataPart
        metadata={user.metadata}
        save={(metadata) => change({ metadata }, 'Metadata saved.', { metadata: revertOf(user.metadata, metadata) })}
      />
      <RecordPart
        record={user}
        kind="user"
        name={user.email}
        nameIs="e-mail address"
        list="/users"
        remove={handset.users.delete}
        restore={() => restoreUser(handset, user)}
      >
        Their devices stay, without a user and a name, and their tokens stop working, also after an undo.
      </RecordPart>
    </RecordPage>
  )
}

function DevicesPart({ user, loaded }: { user: User; loaded: Loaded<DeviceList> }) {
  return (
    <Part title="Devices" wide>
      <WhenLoaded loaded={loaded}>
        {({ items, moreItemsAfter }) => (
          <>
            <DeviceLines
              devices={items}
              none={<p class="quiet">No phone yet. Add one, or assign one on its page.</p>}
            />
            {moreItemsAfter !== null && <a href={hrefOf('/devices', { user: user.id })}>All devices of this user</a>}
          </>
        )}
      </WhenLoaded>
    </Part>
  )
}

function SimsPart({ user }: { user: User }) {
  const { handset } = useSession()
  const [loaded] = useLoaded(
    async (signal) => await handset.sims.list({ user: user.id, limit: LIMIT }, { signal }),
    [handset, user.id],
  )
  return (
    <Part title="SIMs in these devices">
      <WhenLoaded loaded={loaded}>
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
      </WhenLoaded>
    </Part>
  )
}
