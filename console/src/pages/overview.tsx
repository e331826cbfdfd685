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
  const ofUnknown = (count: number) => hrefOfUnknown(statistics, count)
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
              const href = verdict === 'unknown' ? ofUnknown(count) : hrefOf('/devices', { esim: verdict })
              return { name: verdict, count, href }
            })}
          />
          <BarChart
            title="Brand"
            bars={bars(brands, ({ brand, devices }) =>
              brand === null
                ? { name: UNKNOWN, href: ofUnknown(devices) }
                : { name: brand, href: hrefOf('/devices', { brand }) },
            )}
          />
          <BarChart
            title="Type"
            bars={bars(types, ({ type, devices }) =>
              type === null
                ? { name: UNKNOWN, href: ofUnknown(devices) }
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
              href: model === null ? ofUnknown(devices) : hrefOf('/devices', { model: model.id }),
            }))}
          />
          <Coverage {...statistics} />
        </div>
      </div>
    </>
  )
}

/**
 * The link to the devices that the catalogue does not know. The API filters by TAC, and the statistics list only the
 * most common TACs: undefined if these are not the TACs of all such devices.
 */
function hrefOfUnknown({ unknownTacs }: DeviceStatistics, count: number): string | undefined {
  const listed = unknownTacs.reduce((sum, { devices }) => sum + devices, 0)
  return listed === count ? hrefOf('/devices', { tac: unknownTacs.map(({ tac }) => tac).join(',') }) : undefined
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
