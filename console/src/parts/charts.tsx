import type { DeviceStatistics } from '@handset/sdk'
import type { ComponentChildren } from 'preact'
import './charts.css'
import { Part } from './part.tsx'

export interface Count {
  name: string
  count: number
  /** The address of the list of counted objects. */
  href?: string | undefined
}

const BAR_WIDTH = 280
const BAR_HEIGHT = 10

/** A chart with its figures as a table, for screen readers and for exact values. */
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
  return (
    <Part title={title} chart>
      {children}
      <details>
        <summary>Figures</summary>
        <table class="figures">
          <caption class="visually-hidden">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{columns[0]}</th>
              <th scope="col">{columns[1]}</th>
            </tr>
          </thead>
          <tbody>
            {counts.map(({ name, count, href }) => (
              <tr key={name}>
                <th scope="row">{href ? <a href={href}>{name}</a> : name}</th>
                <td>{count.toLocaleString()}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </Part>
  )
}

/** Counts as horizontal bars. */
export function BarChart({ title, bars }: { title: string; bars: readonly Count[] }) {
  const most = Math.max(...bars.map(({ count }) => count))
  return (
    <Chart title={title} columns={[title, 'Devices']} counts={bars}>
      <ul class="bars">
        {bars.map(({ name, count, href }) => (
          <li key={name}>
            <span class="bar-name">{href ? <a href={href}>{name}</a> : name}</span>
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

/** The shares of a whole, as one bar. */
export function ShareBar({ title, shares }: { title: string; shares: readonly Count[] }) {
  const all = shares.reduce((sum, { count }) => sum + count, 0)
  let start = 0
  const parts = shares.map(({ name, count, href }) => {
    const part = { name, count, href, start, width: (count / all) * 100 }
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
      <ul class="legend">
        {parts.map(({ name, count, href, width }) => (
          <li key={name} class={`legend-${name}`}>
            {href ? <a href={href}>{name}</a> : name} <strong>{Math.round(width)}%</strong>{' '}
            <span class="quiet">{count.toLocaleString()}</span>
          </li>
        ))}
      </ul>
    </Chart>
  )
}

const GROWTH = { width: 320, height: 100 }
const DAY = 86_400_000
const TIME_FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
/** The server counts by UTC days. */
const DAY_FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' })

/** A running total over time. Each period leads to the list of what was added in it. */
export function GrowthChart({
  title,
  periods,
  hrefOfPeriod,
}: {
  title: string
  periods: DeviceStatistics['registered']
  hrefOfPeriod: (period: Period) => string
}) {
  const points = growth(periods)
  const { width, height } = GROWTH
  const [first, last] = [points[0] as Point, points.at(-1) as Point]
  const most = last.total
  const x = (position: number) => (points.length === 1 ? width : (position / (points.length - 1)) * width)
  const y = (total: number) => height - (total / most) * (height - 2)
  const line = points.map(({ total }, position) => `${x(position).toFixed(1)} ${y(total).toFixed(1)}`).join('L')
  const added = points.map(({ name, period }) => ({ name, count: period.devices, href: hrefOfPeriod(period) }))
  return (
    <Chart title={title} columns={['Added from', 'Devices']} counts={added}>
      <p class="growth-most" aria-hidden="true">
        {most.toLocaleString()}
      </p>
      <div class="growth-frame">
        <svg class="growth" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
          <path class="growth-area" d={`M0 ${height}L0 ${y(first.total).toFixed(1)}L${line}V${height}Z`} />
          <path class="growth-line" d={`M${points.length === 1 ? `0 ${y(most).toFixed(1)}L` : ''}${line}`} />
          <path class="axis" d={`M0 ${height}H${width}`} />
        </svg>
        {/* The figures have the same links, for the keyboard and for screen readers. */}
        <div class="growth-periods" aria-hidden="true">
          {points.map(({ name, total, period }) => (
            // biome-ignore lint/a11y/useAnchorContent: hidden from screen readers; the title is for the pointer
            <a
              key={name}
              href={hrefOfPeriod(period)}
              tabIndex={-1}
              title={`${name}: ${period.devices.toLocaleString()} added, ${total.toLocaleString()} in all`}
            />
          ))}
        </div>
      </div>
      <p class="growth-ends" aria-hidden="true">
        <span>{first.name}</span>
        <span>{points.length > 1 && last.name}</span>
      </p>
    </Chart>
  )
}

type Period = DeviceStatistics['registered'][number]

interface Point {
  name: string
  total: number
  period: Period
}

/** The total at the end of each period, named after its start. */
function growth(periods: readonly Period[]): Point[] {
  let total = 0
  return periods.map((period) => {
    const start = Date.parse(period.from)
    const format = Date.parse(period.until) - start < DAY ? TIME_FORMAT : DAY_FORMAT
    total += period.devices
    return { name: format.format(start), total, period }
  })
}
