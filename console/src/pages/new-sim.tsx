import { useNotices } from '../notices.tsx'
import { Heading } from '../parts/heading.tsx'
import { hrefOf, navigate, useRoute } from '../router.ts'
import { CreateSimForm } from '../sim/create-form.tsx'

export function NewSimPage() {
  const { query } = useRoute()
  const { notify } = useNotices()
  return (
    <>
      <Heading title="Add a SIM" />
      <div class="card">
        <CreateSimForm
          iccid={query.get('iccid') ?? ''}
          submitLabel="Add"
          isPage
          onCreated={async ({ id }) => {
            navigate(hrefOf(`/sims/${id}`))
            notify('Added.')
          }}
        />
      </div>
    </>
  )
}
