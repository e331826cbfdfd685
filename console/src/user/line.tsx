import type { User } from '@handset/sdk'
import { nameOfUser } from '../device/name.ts'
import { Icon } from '../parts/icon.tsx'
import '../parts/object-line.css'
import { hrefOf } from '../router.ts'

/** A user in one line, with a link to their page. */
export function UserLine({ user }: { user: User }) {
  return (
    <p class="object-line">
      <Icon name="user" />
      <span>
        <a href={hrefOf(`/users/${user.id}`)}>{nameOfUser(user)}</a>
        {user.fullName !== null && <span class="quiet"> {user.email}</span>}
      </span>
    </p>
  )
}
