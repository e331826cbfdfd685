import type { HandsetError } from '@handset/sdk'
import { useLoaded } from '../loading.ts'
import { hasCode } from '../problems.ts'
import { useSession } from '../session.ts'
import { find } from './find.ts'
import { hrefOfHit, type Kind, titleOf } from './hit.ts'

/** A link to the object that already has what was typed, if that is why a form was rejected. */
export function Existing({
  error,
  code,
  kind,
  text,
}: {
  error: unknown
  code: NonNullable<HandsetError['code']>
  kind: Kind
  text: string
}) {
  const { handset } = useSession()
  const [loaded] = useLoaded(
    async (signal) => (hasCode(error, code) ? find(handset, [kind], text, { signal, limit: 1 }) : []),
    [error],
  )
  const [hit] = loaded.state === 'ready' ? loaded.value : []
  return hit === undefined ? null : (
    <p>
      It is <a href={hrefOfHit(hit)}>{titleOf(hit)}</a>.
    </p>
  )
}
