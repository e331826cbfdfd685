import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

export interface Count {
  name: string
  count: number
}

const BAR_WIDTH = 280
const BAR_HEIGHT = 10

/** A drawing, and the same figures as a table for who cannot see it or wants them exactly. */
function Chart({
  title,
  columns,
  counts,
  children,
}: {
  title: string
  columns: readonly [string, string]
  counts: readonly Count[]
  children: ComponentChildren
}) {
  const id = useId()
  return (
    <section class="part chart" aria-labelledby={id}>
      <header class="part-head">
        <h2 id={id}>{title}</h2>
      </header>
      {children}
      <details>
        <summary>Figures</summary>
        <table class="figures">
          <caption class="unseen">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{columns[0]}</th>
              <th scope="col">{columns[1]}</th>
            </tr>
          </thead>
          <tbody>
            {counts.map(({ name, count }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{count.toLocaleString()}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  )
}

/** How many there are of each, as bars from the commonest down. */
export function BarChart({ title, bars }: { title: string; bars: readonly Count[] }) {
  const most = Math.max(...bars.map(({ count }) => count))
  return (
    <Chart title={title} columns={[title, 'Devices']} counts={bars}>
      <ul class="bars" aria-hidden="true">
        {bars.map(({ name, count }) => (
          <li key={name}>
            <span class="bar-name">{name}</span>
            <svg viewBox={`0 0 ${BAR_WIDTH} ${BAR_HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
              <rect class="bar-fill" width={Math.max(2, (count / most) * BAR_WIDTH)} height={BAR_HEIGHT} />
            </svg>
            <span class="bar-count">{count.toLocaleString()}</span>
          </li>
        ))}
      </ul>
    </Chart>
  )
}

/** How a whole is shared out, as one bar. */
export function ShareBar({ title, shares }: { title: string; shares: readonly Count[] }) {
  const all = shares.reduce((sum, { count }) => sum + count, 0)
  let start = 0
  const parts = shares.map(({ name, count }) => {
    const part = { name, count, start, width: (count / all) * 100 }
    start += part.width
    return part
  })
  return (
    <Chart title={title} columns={['Answer', 'Devices']} counts={shares}>
      <svg class="share" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        {parts.map(({ name, start, width }) => (
          <rect key={name} class={`share-${name}`} x={start} width={Math.max(0, width - 0.4)} height={10} />
        ))}
      </svg>
      <ul class="legend" aria-hidden="true">
        {parts.map(({ name, count, width }) => (
          <li key={name} class={`legend-${name}`}>
            {name} <strong>{Math.round(width)} %</strong> <span class="quiet">{count.toLocaleString()}</span>
          </li>
        ))}
      </ul>
    </Chart>
  )
}

const GROWTH = { width: 320, height: 120, bottom: 18 }
/** The smallest step that makes no more points than this is taken. */
const MOST_STEPS = 60
const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const TIME_FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const DAY_FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
const STEPS = [
  { length: MINUTE, format: TIME_FORMAT },
  { length: 60 * MINUTE, format: TIME_FORMAT },
  { length: DAY, format: DAY_FORMAT },
  { length: 7 * DAY, format: DAY_FORMAT },
  { length: 30 * DAY, format: DAY_FORMAT },
] as const
const LONGEST_STEP = STEPS[4]

/** How many there have been in all, over time. `times` are newest first. */
export function GrowthChart({ title, times, isAll }: { title: string; times: readonly string[]; isAll: boolean }) {
  const { points, end } = growth(times)
  const { width, height, bottom } = GROWTH
  const most = times.length
  const x = (position: number) => (points.length === 1 ? width : (position / (points.length - 1)) * width)
  const y = (count: number) => height - bottom - (count / most) * (height - bottom - 8)
  const line = points.map(({ count }, position) => `${x(position).toFixed(1)} ${y(count).toFixed(1)}`).join('L')
  const first = points[0]?.name ?? ''
  return (
    <Chart title={title} columns={['In and before', isAll ? 'Devices' : 'Of these devices']} counts={points}>
      <svg class="growth" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        <path
          class="growth-area"
          d={`M0 ${height - bottom}L0 ${y(points[0]?.count ?? 0).toFixed(1)}L${line}V${height - bottom}Z`}
        />
        <path class="growth-line" d={`M${points.length === 1 ? `0 ${y(most).toFixed(1)}L` : ''}${line}`} />
        <path class="axis" d={`M0 ${height - bottom}H${width}`} />
        <text x="0" y={height - 4}>
          {first}
        </text>
        <text x={width} y={height - 4} text-anchor="end">
          {end === first ? '' : end}
        </text>
        <text class="growth-most" x={width} y={y(most) - 4} text-anchor="end">
          {most.toLocaleString()}
        </text>
      </svg>
    </Chart>
  )
}

/** How many there were at each step, and when the last came, named as the steps are. */
function growth(times: readonly string[]): { points: readonly Count[]; end: string } {
  const moments = times.map((time) => Date.parse(time)).sort((a, b) => a - b)
  const first = moments[0] as number
  const end = moments.at(-1) as number
  const { length, format } = STEPS.find(({ length }) => (end - first) / length <= MOST_STEPS) ?? LONGEST_STEP
  const points: Count[] = []
  let count = 0
  for (let until = startOf(first, length); ; until += length) {
    while (count < moments.length && (moments[count] as number) < until + length) count += 1
    points.push({ name: format.format(until), count })
    if (until + length > end) return { points, end: format.format(end) }
  }
}

/** The minute, hour or day that a moment is in, by the clock of the person. */
function startOf(moment: number, step: number): number {
  const start = new Date(moment)
  if (step >= DAY) start.setHours(0)
  if (step > MINUTE) start.setMinutes(0)
  start.setSeconds(0, 0)
  return start.getTime()
}
