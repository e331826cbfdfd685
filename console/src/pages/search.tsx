import type { Device, DeviceModel, Handset, Project } from '@handset/sdk'
import { useEffect } from 'preact/hooks'
import { nameOfModel } from '../device/name.ts'
import { DeviceView } from '../device/view.tsx'
import { readIdentifier, textOf } from '../identifier/read.ts'
import type { ImeiReading, ImeisvReading } from '../identifier/reading.ts'
import { remarkOn } from '../identifier/remark.ts'
import { useLoaded } from '../loading.ts'
import { EsimAnswer } from '../model/answer.tsx'
import { Iccid, Imei } from '../parts/digits.tsx'
import { ForEditors } from '../parts/for-editors.tsx'
import { Heading } from '../parts/heading.tsx'
import { Icon } from '../parts/icon.tsx'
import '../model/line.css'
import { TYPE_NAMES } from '../model/type.ts'
import { Part } from '../parts/part.tsx'
import { RecordPage } from '../parts/record-page.tsx'
import '../parts/caution.css'
import { Empty } from '../parts/empty.tsx'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { hrefOf, redirect, useRoute } from '../router.ts'
import { useMayChange, useSession } from '../session.ts'
import { SimView } from '../sim/view.tsx'
import { useTitle } from '../title.ts'
import { UserView } from '../user/view.tsx'
import { Results } from './search-results.tsx'
import { Several } from './search-several.tsx'

/** The result for the text of the search field. */
export function SearchPage() {
  const { query } = useRoute()
  const text = query.get('q') ?? ''
  const reading = readIdentifier(text)
  useTitle('Search')
  switch (reading.kind) {
    case 'imei':
    case 'imeisv':
      return <ByImei key={text} reading={reading} />
    case 'iccid':
      return <ByIccid key={text} iccid={reading.iccid} />
    case 'email':
      return <ByEmail key={text} email={reading.email} />
    case 'id':
      return <ById path={reading.path} />
    case 'several':
      return <Several key={text} found={reading.found} />
    case 'nothing':
    case 'eid':
      return (
        <>
          <Heading title="Search" />
          <Empty title={text === '' ? 'Enter something to search for.' : 'An EID cannot be looked up.'}>
            <p>{remarkOn(reading).text}</p>
          </Empty>
        </>
      )
    default:
      return <Results key={text} text={text} />
  }
}

interface FoundPhone {
  model: DeviceModel | null
  device: Device | null
}

function ByImei({ reading }: { reading: ImeiReading | ImeisvReading }) {
  const { handset, project } = useSession()
  const [loaded, show] = useLoaded((signal) => findPhone(handset, project, reading, signal), [handset, reading.imei])
  return (
    <WhenLoaded loaded={loaded} title="Search">
      {({ device, model }) =>
        device === null ? (
          <Unregistered reading={reading} model={model} />
        ) : (
          <>
            <WrongDigit reading={reading} />
            <DeviceView device={device} onChange={(device) => show({ model, device })} />
          </>
        )
      }
    </WhenLoaded>
  )
}

/** Also looks up the model, which may be known even if the device is not registered. */
async function findPhone(
  handset: Handset,
  project: Project,
  reading: ImeiReading | ImeisvReading,
  signal: AbortSignal,
): Promise<FoundPhone> {
  const { imei } = reading
  const [models, devices] = await Promise.all([
    handset.deviceModels.search({ imei }, { signal }),
    canBeRegistered(reading, project) ? handset.devices.search({ imei }, { signal }) : null,
  ])
  const found = devices?.items[0]
  // A search has no entity tag, which changes to the device need.
  const device = found === undefined ? null : await handset.devices.retrieve(found.id, { signal })
  return { model: models.items[0] ?? null, device }
}

/** A live project rejects an IMEI whose check digit is wrong. */
function canBeRegistered(reading: ImeiReading | ImeisvReading, project: Project): boolean {
  return project.type === 'test' || reading.kind === 'imeisv' || reading.isValid
}

/** Says that the check digit does not match, and offers the IMEI in which it does. Shows nothing if it matches. */
function WrongDigit({ reading }: { reading: ImeiReading | ImeisvReading }) {
  const { project } = useSession()
  if (reading.kind !== 'imei' || reading.isValid) return null
  return (
    <div class="caution">
      <Icon name="warning" />
      <div>
        <p>
          {remarkOn(reading).text}
          {project.type === 'live' && ' A live project has no device with such an IMEI.'}
        </p>
        <p>
          If no other digit is wrong, the IMEI is{' '}
          <a href={hrefOf('/search', { q: reading.corrected })}>
            <Imei number={reading.corrected} />
          </a>
        </p>
      </div>
    </div>
  )
}

function Unregistered({ reading, model }: { reading: ImeiReading | ImeisvReading; model: DeviceModel | null }) {
  const { project } = useSession()
  const mayChange = useMayChange()
  return (
    <RecordPage
      head={
        <>
          <Heading title={nameOfModel(model)} />
          {/* Below the heading, which has the focus, so that the next Tab reaches the link. */}
          <WrongDigit reading={reading} />
          {model === null ? (
            <p class="quiet">
              The catalogue does not know the TAC {reading.imei.slice(0, 8)}, the first eight digits of this IMEI.
            </p>
          ) : (
            <p class="model-line">
              <Icon name={model.type} />
              <span>{TYPE_NAMES[model.type]}</span>
              <a href={hrefOf(`/models/${model.id}`)}>In the catalogue</a>
            </p>
          )}
          <p class="number">
            <span class="quiet">IMEI</span> <Imei number={reading.imei} copy />
          </p>
          <EsimAnswer of={{ imei: reading.imei }} />
        </>
      }
    >
      <Part title="Not registered" wide>
        <p>No device of {project.name} has this IMEI.</p>
        {mayChange && canBeRegistered(reading, project) && (
          <div class="actions">
            <a class="button button-main" href={hrefOf('/devices/new', { imei: textOf(reading) })}>
              Register this device
            </a>
          </div>
        )}
      </Part>
    </RecordPage>
  )
}

function ByIccid({ iccid }: { iccid: string }) {
  const { handset } = useSession()
  const [loaded, show] = useLoaded(
    async (signal) => {
      const [found] = (await handset.sims.search({ iccid }, { signal })).items
      return found === undefined ? null : handset.sims.retrieve(found.id, { signal })
    },
    [handset, iccid],
  )
  return (
    <WhenLoaded loaded={loaded} title="Search">
      {(sim) =>
        sim === null ? (
          <>
            <Heading title="No such SIM" />
            <Empty title="No SIM has this ICCID.">
              <p>
                <Iccid number={iccid} copy />
              </p>
              <ForEditors>
                <p>
                  <a class="button button-main" href={hrefOf('/sims/new', { iccid })}>
                    Add this SIM
                  </a>
                </p>
              </ForEditors>
            </Empty>
          </>
        ) : (
          <SimView sim={sim} onChange={show} />
        )
      }
    </WhenLoaded>
  )
}

function ByEmail({ email }: { email: string }) {
  const { handset } = useSession()
  const [loaded, show] = useLoaded(
    async (signal) => {
      const [found] = (await handset.users.search({ email }, { signal })).items
      return found === undefined ? null : handset.users.retrieve(found.id, { signal })
    },
    [handset, email],
  )
  return (
    <WhenLoaded loaded={loaded} title="Search">
      {(user) =>
        user === null ? (
          <>
            <Heading title="No such user" />
            <Empty title={`No user has the address ${email}.`}>
              <ForEditors>
                <p>
                  <a class="button button-main" href={hrefOf('/users/new', { email })}>
                    Add this user
                  </a>
                </p>
              </ForEditors>
            </Empty>
          </>
        ) : (
          <UserView user={user} onChange={show} />
        )
      }
    </WhenLoaded>
  )
}

/** Redirects to the page of an id. */
function ById({ path }: { path: string }) {
  useEffect(() => redirect(hrefOf(path)), [path])
  return null
}
