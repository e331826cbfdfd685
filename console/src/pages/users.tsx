import type { User } from '@handset/sdk'
import { useMemo, useState } from 'preact/hooks'
import { userActions } from '../bulk/actions.tsx'
import { USER_COLUMNS, type UserDeviceCount } from '../list/columns.tsx'
import type { LoadDetails } from '../list/details.ts'
import { ExportButton } from '../list/export-button.tsx'
import { ClearFilters, Filters, TextFilter, useFilters } from '../list/filters.tsx'
import { List } from '../list/list.tsx'
import { ListCount } from '../list/list-count.tsx'
import type { Load } from '../list/paging.ts'
import { recordOfUser } from '../list/records.ts'
import { Empty } from '../parts/empty.tsx'
import { ForEditors } from '../parts/for-editors.tsx'
import { Heading } from '../parts/heading.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'

const FILTERS = ['q'] as const

export function UsersPage() {
  const { handset } = useSession()
  const filters = useFilters(FILTERS)
  const [error, setError] = useState<unknown>(null)
  const actions = useMemo(() => userActions(handset), [handset])
  // A page has at most as many users as the count accepts (docs/contract.md §4).
  const loadDetails: LoadDetails<User, UserDeviceCount> = async (items) => {
    const { users } = await handset.users.devices({ user: items.map(({ id }) => id) })
    return new Map(users.map(({ user, ...count }) => [user, count]))
  }
  const load: Load<User> = (position, signal) => handset.users.list({ ...filters, ...position }, { signal })
  return (
    <>
      <Heading
        title="Users"
        note={<ListCount one="user" filters={filters} load={(signal) => handset.users.count(filters, { signal })} />}
      >
        <ExportButton name="users" load={load} toRecord={recordOfUser} />
        <ForEditors>
          <a class="button button-main" href={hrefOf('/users/new')}>
            Add a user
          </a>
        </ForEditors>
      </Heading>
      <Filters names={FILTERS} error={error}>
        <TextFilter name="q" label="Name, e-mail or metadata" />
      </Filters>
      <List
        caption="Users, newest first"
        columns={USER_COLUMNS}
        filters={filters}
        load={load}
        loadDetails={loadDetails}
        bulk={actions}
        onError={setError}
        empty={
          filters.q ? (
            <Empty title="No user matches these words.">
              <ClearFilters names={FILTERS} />
            </Empty>
          ) : (
            <Empty title="There are no users yet." isStart>
              <ForEditors>
                <p>
                  <a href={hrefOf('/users/new')}>Add a user</a>, then assign them a device.
                </p>
              </ForEditors>
            </Empty>
          )
        }
      />
    </>
  )
}
