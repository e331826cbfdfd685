import { useLoaded } from '../loading.ts'
import { DeviceLines } from '../parts/device-lines.tsx'
import { Heading } from '../parts/heading.tsx'
import { Empty, Shown } from '../parts/states.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'

const NEWEST = 5

/** What can be put into the search field, and what came in last. */
export function HomePage() {
  const { handset } = useSession()
  const [loaded] = useLoaded(async (signal) => await handset.devices.list({ limit: NEWEST }, { signal }), [handset])
  return (
    <>
      <Heading title="Look something up" />
      <p class="lead">
        Paste it anywhere, or type it into the field above, where the key <kbd>/</kbd> leads from every page. Spaces and
        dashes do not matter.
      </p>
      <dl class="guide">
        <div>
          <dt>IMEI or IMEISV</dt>
          <dd>15 or 16 digits. Which phone is it, and does it take an eSIM? Dial *#06# to see it.</dd>
        </div>
        <div>
          <dt>ICCID</dt>
          <dd>19 or 20 digits, printed on the SIM. On which device is it?</dd>
        </div>
        <div>
          <dt>E-mail address</dt>
          <dd>Which devices and SIMs does this person have?</dd>
        </div>
        <div>
          <dt>Id</dt>
          <dd>
            What a ticket or log names: <code>dev_…</code>, <code>usr_…</code>, <code>sim_…</code>
          </dd>
        </div>
      </dl>
      <section class="part" aria-labelledby="newest">
        <header class="part-head">
          <h2 id="newest">Newest devices</h2>
          <a href={hrefOf('/devices')}>All devices</a>
        </header>
        <Shown of={loaded}>
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
        </Shown>
      </section>
    </>
  )
}
