import { useLoaded } from '../loading.ts'
import { Shown } from '../parts/states.tsx'
import { UserView } from '../parts/user.tsx'
import { useSession } from '../session.ts'

export function UserPage({ id }: { id: string }) {
  const { handset } = useSession()
  const [loaded, show] = useLoaded((signal) => handset.users.retrieve(id, { signal }), [handset, id])
  return (
    <Shown of={loaded} title="User">
      {(user) => <UserView user={user} onChange={show} />}
    </Shown>
  )
}
