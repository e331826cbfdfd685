import { useLoaded } from '../loading.ts'
import { SimView } from '../parts/sim.tsx'
import { Shown } from '../parts/states.tsx'
import { useSession } from '../session.ts'

export function SimPage({ id }: { id: string }) {
  const { handset } = useSession()
  const [loaded, show] = useLoaded((signal) => handset.sims.retrieve(id, { signal }), [handset, id])
  return (
    <Shown of={loaded} title="SIM">
      {(sim) => <SimView sim={sim} onChange={show} />}
    </Shown>
  )
}
