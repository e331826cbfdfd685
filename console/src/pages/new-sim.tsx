import { useNotices } from '../notices.tsx'
import { Heading } from '../parts/heading.tsx'
import { CreateSimForm } from '../parts/new-sim.tsx'
import { goTo, hrefOf, usePlace } from '../router.ts'

export function NewSimPage() {
  const { query } = usePlace()
  const { say } = useNotices()
  return (
    <>
      <Heading title="Add a SIM" />
      <div class="card">
        <CreateSimForm
          iccid={query.get('iccid') ?? ''}
          submitLabel="Add"
          autofocus
          onCreated={async ({ id }) => {
            goTo(hrefOf(`/sims/${id}`))
            say('Added.')
          }}
        />
      </div>
    </>
  )
}
