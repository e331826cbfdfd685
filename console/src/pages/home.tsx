import { DeviceLines } from '../device/line.tsx'
import { useLoaded } from '../loading.ts'
import { Empty } from '../parts/empty.tsx'
import { Heading } from '../parts/heading.tsx'
import './home.css'
import { Part } from '../parts/part.tsx'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'

const NEWEST = 5

/** What the search field accepts, and the newest devices. */
export function HomePage() {
  const { handset } = useSession()
  const [loaded] = useLoaded(async (signal) => await handset.devices.list({ limit: NEWEST }, { signal }), [handset])
  return (
    <>
      <Heading title="Look something up" />
      <p class="lead">
        Paste it anywhere, or type it into the field above. The key <kbd>/</kbd> moves to the field from every page.
        Spaces and dashes do not matter.
      </p>
      <dl class="guide">
        <div>
          <dt>IMEI or IMEISV</dt>
          <dd>15 or 16 digits. Shows which phone it is and whether it takes an eSIM. Dial *#06# to see it.</dd>
        </div>
        <div>
          <dt>ICCID</dt>
          <dd>19 or 20 digits, printed on the SIM. Shows which device it is in.</dd>
        </div>
        <div>
          <dt>E-mail address</dt>
          <dd>Shows the devices and SIMs of this person.</dd>
        </div>
        <div>
          <dt>Id</dt>
          <dd>
            As in tickets and logs: <code>dev_…</code>, <code>usr_…</code>, <code>sim_…</code>
          </dd>
        </div>
      </dl>
      <Part title="Newest devices" action={<a href={hrefOf('/devices')}>All devices</a>}>
        <WhenLoaded loaded={loaded}>
          {({ items }) => (
            <DeviceLines
              devices={items}
              none={
                <Empty title="No device is registered yet.">
                  <p>
                    <a href={hrefOf('/devices/new')}>Register one</a>, or <a href={hrefOf('/import')}>import a file</a>.
                  </p>
                </Empty>
              }
            />
          )}
        </WhenLoaded>
      </Part>
    </>
  )
}
