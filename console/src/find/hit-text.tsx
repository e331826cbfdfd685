import { Fragment } from 'preact'
import { Iccid, Imei } from '../parts/digits.tsx'
import { type Hit, notesOf, titleOf } from './hit.ts'

/** The title of a hit. The number of a SIM is in groups, as everywhere. */
export function HitTitle({ hit }: { hit: Hit }) {
  return hit.kind === 'sim' ? <Iccid number={hit.object.iccid} /> : titleOf(hit)
}

/** What distinguishes a hit from others with the same title. */
export function HitNote({ hit }: { hit: Hit }) {
  return (
    <>
      {notesOf(hit).map((note, at) => (
        <Fragment key={at}>
          {at > 0 && ' · '}
          {typeof note === 'string' ? <bdi>{note}</bdi> : <Imei number={note.imei} />}
        </Fragment>
      ))}
    </>
  )
}
