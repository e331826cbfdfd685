import { Gone } from '../events/gone.tsx'
import { useLoaded } from '../loading.ts'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { useSession } from '../session.ts'
import { UserView } from '../user/view.tsx'

export function UserPage({ id }: { id: string }) {
  const { handset } = useSession()
  const [loaded, show] = useLoaded((signal) => handset.users.retrieve(id, { signal }), [handset, id])
  return (
    <WhenLoaded loaded={loaded} title="User" gone={<Gone kind="user" id={id} />}>
      {(user) => <UserView user={user} onChange={show} />}
    </WhenLoaded>
  )
}
