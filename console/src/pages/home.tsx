import { DeviceLines } from '../device/line.tsx'
import { useLoaded } from '../loading.ts'
import { Empty } from '../parts/empty.tsx'
import { ForEditors } from '../parts/for-editors.tsx'
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
      <Heading title="Who is calling, or about which phone?" />
      <p class="lead">
        Type or paste it into the field above; a paste works anywhere on the page. The key <kbd>/</kbd> leads to the
        field from every page.
      </p>
      <dl class="guide">
        <div>
          <dt>A person</dt>
          <dd>The start of a name or e-mail address, or a phone number. Shows their phones and SIMs.</dd>
        </div>
        <div>
          <dt>A phone</dt>
          <dd>Its name or IMEI (dial *#06#). Shows which phone it is, whose, and whether it takes an eSIM.</dd>
        </div>
        <div>
          <dt>A SIM</dt>
          <dd>Its number (ICCID) or the last four digits. Shows which phone it is in.</dd>
        </div>
        <div>
          <dt>Anything else</dt>
          <dd>A model, metadata such as a ticket number, or an id from a log.</dd>
        </div>
      </dl>
      <Part title="Newest devices" action={<a href={hrefOf('/devices')}>All devices</a>}>
        <WhenLoaded loaded={loaded}>
          {({ items }) => (
            <DeviceLines
              devices={items}
              none={
                <Empty title="No device is registered yet.">
                  <ForEditors>
                    <p>
                      <a href={hrefOf('/devices/new')}>Register one</a>, or{' '}
                      <a href={hrefOf('/import')}>import a file</a>.
                    </p>
                  </ForEditors>
                </Empty>
              }
            />
          )}
        </WhenLoaded>
      </Part>
    </>
  )
}
