import type { User } from '@handset/sdk'
import { useMemo } from 'preact/hooks'
import { userActions } from '../bulk/actions.tsx'
import { USER_COLUMNS } from '../list/columns.tsx'
import { ExportButton } from '../list/export-button.tsx'
import { List } from '../list/list.tsx'
import type { Load } from '../list/paging.ts'
import { recordOfUser } from '../list/records.ts'
import { Empty } from '../parts/empty.tsx'
import { ForEditors } from '../parts/for-editors.tsx'
import { Heading } from '../parts/heading.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'

const NO_FILTERS = {}

export function UsersPage() {
  const { handset } = useSession()
  const actions = useMemo(() => userActions(handset), [handset])
  const load: Load<User> = (position, signal) => handset.users.list(position, { signal })
  return (
    <>
      <Heading title="Users">
        <ExportButton name="users" load={load} toRecord={recordOfUser} />
        <ForEditors>
          <a class="button button-main" href={hrefOf('/users/new')}>
            Add a user
          </a>
        </ForEditors>
      </Heading>
      <List
        caption="Users, newest first"
        columns={USER_COLUMNS}
        filters={NO_FILTERS}
        load={load}
        bulk={actions}
        empty={
          <Empty title="There are no users yet.">
            <ForEditors>
              <p>
                <a href={hrefOf('/users/new')}>Add a user</a>, then assign them a device.
              </p>
            </ForEditors>
          </Empty>
        }
      />
    </>
  )
}
