import { Gone } from '../events/gone.tsx'
import { useLoaded } from '../loading.ts'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { useSession } from '../session.ts'
import { SimView } from '../sim/view.tsx'

export function SimPage({ id }: { id: string }) {
  const { handset } = useSession()
  const [loaded, show] = useLoaded((signal) => handset.sims.retrieve(id, { signal }), [handset, id])
  return (
    <WhenLoaded loaded={loaded} title="SIM" gone={<Gone kind="sim" id={id} />}>
      {(sim) => <SimView sim={sim} onChange={show} />}
    </WhenLoaded>
  )
}
