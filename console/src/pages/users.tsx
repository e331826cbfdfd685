import { USER_COLUMNS } from '../list/columns.tsx'
import { List } from '../list/list.tsx'
import { Empty } from '../parts/empty.tsx'
import { ForEditors } from '../parts/for-editors.tsx'
import { Heading } from '../parts/heading.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'

const NO_FILTERS = {}

export function UsersPage() {
  const { handset } = useSession()
  return (
    <>
      <Heading title="Users">
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
        load={(position, signal) => handset.users.list(position, { signal })}
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
