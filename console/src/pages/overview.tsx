import type { DeviceStatistics } from '@handset/sdk'
import { useLoaded } from '../loading.ts'
import { BarChart, type Count, GrowthChart, ShareBar } from '../parts/charts.tsx'
import { nameOfModel } from '../parts/device-lines.tsx'
import { takesEsim } from '../parts/esim.tsx'
import { Heading } from '../parts/heading.tsx'
import { Empty, Shown } from '../parts/states.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'

const SHOWN_BARS = 8
const UNKNOWN = 'unknown'

export function OverviewPage() {
  const { handset } = useSession()
  const [loaded] = useLoaded((signal) => handset.devices.statistics({ signal }), [handset])
  return (
    <>
      <Heading title="Overview" />
      <Shown of={loaded}>{(statistics) => <Charts {...statistics} />}</Shown>
    </>
  )
}

function Charts({ devices, brands, types, simTypes, registered, models }: DeviceStatistics) {
  if (devices === 0) {
    return (
      <Empty title="There is nothing to count yet.">
        <p>
          <a href={hrefOf('/devices/new')}>Register a device</a>, or <a href={hrefOf('/import')}>import a file</a>.
        </p>
      </Empty>
    )
  }
  return (
    <>
      <p class="lead">
        {devices === 1
          ? 'Of the one device of the project.'
          : `Of all ${devices.toLocaleString()} devices of the project.`}
      </p>
      <div class="charts">
        <div class="chart-column">
          <ShareBar
            title="Takes an eSIM"
            shares={(['yes', 'no', 'unknown'] as const).map((verdict) => ({
              name: verdict,
              count: simTypes
                .filter((counted) => takesEsim(counted) === verdict)
                .reduce((sum, { devices }) => sum + devices, 0),
            }))}
          />
          <BarChart title="Brand" bars={bars(brands, ({ brand }) => brand)} />
          <BarChart title="Type" bars={bars(types, ({ type }) => type)} />
        </div>
        <div class="chart-column">
          <GrowthChart title="Devices over time" periods={registered} />
          <BarChart
            title="Commonest models"
            bars={models
              .slice(0, SHOWN_BARS)
              .map(({ model, devices }) => ({ name: nameOfModel(model), count: devices }))}
          />
        </div>
      </div>
    </>
  )
}

/** The commonest; what is beyond the first few goes together. */
function bars<Counted extends { devices: number }>(
  counts: readonly Counted[],
  nameOf: (counted: Counted) => string | null,
): Count[] {
  const all = counts
    .map((counted) => ({ name: nameOf(counted) ?? UNKNOWN, count: counted.devices }))
    .sort((a, b) => b.count - a.count || compareNames(a.name, b.name))
  const rest = all.slice(SHOWN_BARS)
  if (rest.length < 2) return all
  const others = { name: `${rest.length} others`, count: rest.reduce((sum, { count }) => sum + count, 0) }
  return [...all.slice(0, SHOWN_BARS), others]
}

/** Alphabetical; what is unknown comes last. */
function compareNames(a: string, b: string): number {
  return Number(a === UNKNOWN) - Number(b === UNKNOWN) || a.localeCompare(b)
}
