import type { Device } from '@handset/sdk'
import { useLoaded } from '../loading.ts'
import { BarChart, GrowthChart, ShareBar } from '../parts/charts.tsx'
import { takesEsim } from '../parts/esim.tsx'
import { Heading } from '../parts/heading.tsx'
import { Empty, Shown } from '../parts/states.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'

/** The API counts nothing, so the page does, as far as it can in a moment. */
const MOST = 2000
const PAGE_SIZE = 200
const SHOWN_BRANDS = 8
const UNKNOWN = 'unknown'

interface Walked {
  devices: readonly Device[]
  isAll: boolean
}

export function OverviewPage() {
  const { handset } = useSession()
  const [loaded] = useLoaded<Walked>(
    async (signal) => {
      const devices: Device[] = []
      for await (const device of handset.devices.list({ limit: PAGE_SIZE }, { signal })) {
        if (devices.length === MOST) return { devices, isAll: false }
        devices.push(device)
      }
      return { devices, isAll: true }
    },
    [handset],
  )
  return (
    <>
      <Heading title="Overview" />
      <Shown of={loaded}>{(walked) => <Charts {...walked} />}</Shown>
    </>
  )
}

function Charts({ devices, isAll }: Walked) {
  if (devices.length === 0) {
    return (
      <Empty title="There is nothing to count yet.">
        <p>
          <a href={hrefOf('/devices/new')}>Register a device</a>, or <a href={hrefOf('/import')}>import a file</a>.
        </p>
      </Empty>
    )
  }
  const count = devices.length.toLocaleString()
  return (
    <>
      <p class="lead">
        {isAll
          ? devices.length === 1
            ? 'Of the one device of the project.'
            : `Of all ${count} devices of the project.`
          : `Of the newest ${count} devices of the project.`}
      </p>
      <div class="charts">
        <div class="chart-column">
          <ShareBar
            title="Takes an eSIM"
            shares={(['yes', 'no', 'unknown'] as const).map((verdict) => ({
              name: verdict,
              count: devices.filter(({ model }) => takesEsim(model) === verdict).length,
            }))}
          />
          <BarChart title="Brand" bars={tally(devices, ({ model }) => model?.brand ?? UNKNOWN, SHOWN_BRANDS)} />
        </div>
        <div class="chart-column">
          <GrowthChart title="Devices over time" times={devices.map(({ createdAt }) => createdAt)} isAll={isAll} />
          <BarChart title="Type" bars={tally(devices, ({ model }) => model?.type ?? UNKNOWN, SHOWN_BRANDS)} />
        </div>
      </div>
    </>
  )
}

/** How often each value occurs, the commonest first; what is beyond `most` values goes together. */
function tally(devices: readonly Device[], groupOf: (device: Device) => string, most: number) {
  const groups = Map.groupBy(devices, groupOf)
  const bars = Array.from(groups, ([name, { length }]) => ({ name, count: length })).sort(
    (a, b) => b.count - a.count || compareNames(a.name, b.name),
  )
  const rest = bars.slice(most)
  if (rest.length < 2) return bars
  return [
    ...bars.slice(0, most),
    { name: `${rest.length} others`, count: rest.reduce((sum, { count }) => sum + count, 0) },
  ]
}

/** Alphabetical; what is unknown comes last. */
function compareNames(a: string, b: string): number {
  return Number(a === UNKNOWN) - Number(b === UNKNOWN) || a.localeCompare(b)
}
