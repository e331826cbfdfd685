import { useNotices } from '../notices.tsx'
import { Heading } from '../parts/heading.tsx'
import { hrefOf, navigate, useRoute } from '../router.ts'
import { CreateUserForm } from '../user/create-form.tsx'

export function NewUserPage() {
  const { query } = useRoute()
  const { notify } = useNotices()
  return (
    <>
      <Heading title="Add a user" />
      <div class="card">
        <CreateUserForm
          email={query.get('email') ?? ''}
          submitLabel="Add"
          isPage
          onCreated={async ({ id }) => {
            navigate(hrefOf(`/users/${id}`))
            notify('Added.')
          }}
        />
      </div>
    </>
  )
}
