import { nameOf } from '../device/name.ts'
import { textOf } from '../identifier/read.ts'
import type { Identifier } from '../identifier/reading.ts'
import { describe } from '../identifier/remark.ts'
import { useLoaded } from '../loading.ts'
import { Iccid, Imei } from '../parts/digits.tsx'
import { Heading } from '../parts/heading.tsx'
import { Icon, type IconName } from '../parts/icon.tsx'
import '../parts/object-line.css'
import { Part } from '../parts/part.tsx'
import { hrefOf } from '../router.ts'
import { type Session, useSession } from '../session.ts'
import { STATUS_NAMES } from '../sim/status-names.ts'
import { SIM_TYPE_NAMES } from '../sim/type-names.ts'

const ICONS: Record<Identifier['kind'], IconName> = {
  imei: 'smartphone',
  imeisv: 'smartphone',
  iccid: 'sim',
  email: 'user',
  id: 'question',
}

/** Offers what a pasted text contains, such as the two IMEIs of one phone. */
export function Several({ found }: { found: readonly Identifier[] }) {
  return (
    <>
      <Heading title="Choose one" />
      <Part title={`The text contains ${describe(found)}`}>
        <ul class="object-list">
          {found.map((identifier) => (
            <Found key={textOf(identifier)} identifier={identifier} />
          ))}
        </ul>
      </Part>
    </>
  )
}

function Found({ identifier }: { identifier: Identifier }) {
  const session = useSession()
  const [loaded] = useLoaded((signal) => ownerOf(identifier, session, signal), [session, textOf(identifier)])
  return (
    <li>
      <div class="object-line">
        <Icon name={ICONS[identifier.kind]} />
        <span>
          <a href={hrefOf('/search', { q: textOf(identifier) })}>
            <IdentifierText identifier={identifier} />
          </a>
          <span class="quiet">{loaded.state === 'ready' && loaded.value}</span>
        </span>
      </div>
    </li>
  )
}

function IdentifierText({ identifier }: { identifier: Identifier }) {
  const text = textOf(identifier)
  switch (identifier.kind) {
    case 'imei':
    case 'imeisv':
      return <Imei number={text} />
    case 'iccid':
      return <Iccid number={text} />
    default:
      return <>{text}</>
  }
}

/** The name of the object with the identifier, or a text saying that there is none. */
async function ownerOf(identifier: Identifier, { handset }: Session, signal: AbortSignal): Promise<string> {
  switch (identifier.kind) {
    case 'imei':
    case 'imeisv': {
      const [device] = (await handset.devices.search({ imei: identifier.imei }, { signal })).items
      return device === undefined ? 'Not registered' : nameOf(device)
    }
    case 'iccid': {
      const [sim] = (await handset.sims.search({ iccid: identifier.iccid }, { signal })).items
      return sim === undefined ? 'No such SIM' : `${SIM_TYPE_NAMES[sim.type]}, ${STATUS_NAMES[sim.status]}`
    }
    case 'email': {
      const [user] = (await handset.users.search({ email: identifier.email }, { signal })).items
      return user === undefined ? 'No such user' : (user.fullName ?? 'User')
    }
    case 'id':
      return ''
  }
}
