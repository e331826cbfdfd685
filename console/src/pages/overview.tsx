import type { DeviceStatistics } from '@handset/sdk'
import { nameOfModel } from '../device/name.ts'
import { useLoaded } from '../loading.ts'
import { Coverage } from '../model/coverage.tsx'
import { takesEsim } from '../model/esim.tsx'
import { TYPE_NAMES } from '../model/type.ts'
import { BarChart, type Count, GrowthChart, ShareBar } from '../parts/charts.tsx'
import { Empty } from '../parts/empty.tsx'
import { ForEditors } from '../parts/for-editors.tsx'
import { Heading } from '../parts/heading.tsx'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { hrefOf } from '../router.ts'
import './overview.css'
import { useSession } from '../session.ts'

const SHOWN_BARS = 8
const UNKNOWN = 'unknown'
/** The list of the devices that the catalogue does not know. */
const OF_UNKNOWN_MODEL = hrefOf('/devices', { model: UNKNOWN })

export function OverviewPage() {
  const { handset } = useSession()
  const [loaded] = useLoaded((signal) => handset.devices.statistics({ signal }), [handset])
  return (
    <>
      <Heading title="Overview" />
      <WhenLoaded loaded={loaded}>{(statistics) => <Charts {...statistics} />}</WhenLoaded>
    </>
  )
}

function Charts(statistics: DeviceStatistics) {
  const { devices, brands, types, simTypes, registered, models } = statistics
  if (devices === 0) {
    return (
      <Empty title="No device is registered yet.">
        <ForEditors>
          <p>
            <a href={hrefOf('/devices/new')}>Register a device</a>, or <a href={hrefOf('/import')}>import a file</a>.
          </p>
        </ForEditors>
      </Empty>
    )
  }
  return (
    <>
      <p class="lead">
        {devices === 1 ? 'The project has 1 device.' : `The project has ${devices.toLocaleString()} devices.`}
      </p>
      <div class="charts">
        <div class="chart-column">
          <ShareBar
            title="Takes an eSIM"
            shares={(['yes', 'no', 'unknown'] as const).map((verdict) => {
              const count = simTypes
                .filter((counted) => takesEsim(counted) === verdict)
                .reduce((sum, { devices }) => sum + devices, 0)
              return { name: verdict, count, href: hrefOf('/devices', { esim: verdict }) }
            })}
          />
          <BarChart
            title="Brand"
            bars={bars(brands, ({ brand }) =>
              brand === null
                ? { name: UNKNOWN, href: OF_UNKNOWN_MODEL }
                : { name: brand, href: hrefOf('/devices', { brand }) },
            )}
          />
          <BarChart
            title="Type"
            bars={bars(types, ({ type }) =>
              type === null
                ? { name: UNKNOWN, href: OF_UNKNOWN_MODEL }
                : { name: TYPE_NAMES[type], href: hrefOf('/devices', { type }) },
            )}
          />
        </div>
        <div class="chart-column">
          <GrowthChart
            title="Devices over time"
            periods={registered}
            hrefOfPeriod={({ from, until }) => hrefOf('/devices', { createdAfter: from, createdBefore: until })}
          />
          <BarChart
            title="Most common models"
            bars={models.slice(0, SHOWN_BARS).map(({ model, devices }) => ({
              name: nameOfModel(model),
              count: devices,
              href: model === null ? OF_UNKNOWN_MODEL : hrefOf('/devices', { model: model.id }),
            }))}
          />
          <Coverage {...statistics} />
        </div>
      </div>
    </>
  )
}

/** The highest counts, and the sum of the rest. */
function bars<Counted extends { devices: number }>(
  counts: readonly Counted[],
  describe: (counted: Counted) => Omit<Count, 'count'>,
): Count[] {
  const all = counts
    .map((counted) => ({ ...describe(counted), count: counted.devices }))
    .sort((a, b) => b.count - a.count || compareNames(a.name, b.name))
  const rest = all.slice(SHOWN_BARS)
  if (rest.length < 2) return all
  const others = { name: `${rest.length} others`, count: rest.reduce((sum, { count }) => sum + count, 0) }
  return [...all.slice(0, SHOWN_BARS), others]
}

/** Alphabetical order, with the unknown last. */
function compareNames(a: string, b: string): number {
  return Number(a === UNKNOWN) - Number(b === UNKNOWN) || a.localeCompare(b)
}
