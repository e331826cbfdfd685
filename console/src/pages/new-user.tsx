import { useNotices } from '../notices.tsx'
import { Heading } from '../parts/heading.tsx'
import { CreateUserForm } from '../parts/new-user.tsx'
import { goTo, hrefOf, usePlace } from '../router.ts'

export function NewUserPage() {
  const { query } = usePlace()
  const { say } = useNotices()
  return (
    <>
      <Heading title="Add a user" />
      <div class="card">
        <CreateUserForm
          email={query.get('email') ?? ''}
          submitLabel="Add"
          autofocus
          onCreated={async ({ id }) => {
            goTo(hrefOf(`/users/${id}`))
            say('Added.')
          }}
        />
      </div>
    </>
  )
}
