import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Registry as MetricsRegistry } from 'prom-client'
import type { Database } from '../../db/port.ts'
import { timeDatabase } from '../../db/timed.ts'
import type { Awaitable } from '../../domain/awaitable.ts'
import { version } from '../../version.ts'
import type { ProcessMetrics, Siblings } from '../limits/siblings.ts'
import { type PageRoute, page } from '../page.ts'
import type { Answered } from './answered.ts'
import { createHistogram } from './histogram.ts'
import type { JobMetrics } from './job-metrics.ts'
import { OPEN_METRICS_TYPE, prefersOpenMetrics, toOpenMetrics } from './open-metrics.ts'

/** In seconds. A read takes about 100 µs. */
const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]

/**
 * The metrics of this process, or the sum over it and its siblings. Labels name operations and statuses, never a
 * project, an object or a caller.
 */
export interface Metrics {
  /** Returns the store with its calls timed. */
  timed(db: Database): Database
  /** Records the time of a request. */
  answered(answered: Answered): void
  /**
   * Adds a gauge whose value is read at each scrape. `aggregator` says how the values of several workers are combined.
   * If the value is undefined, none is shown.
   */
  show(name: string, help: string, read: () => Awaitable<number | undefined>, aggregator?: 'sum' | 'max'): void
  /** Adds a counter whose value is read at each scrape. */
  count(name: string, help: string, read: () => number): void
  /** Returns the text in the format that an `Accept` header prefers, with its media type. */
  read(accept: string | undefined): Promise<{ type: string; text: string }>
  /** `/metrics`. */
  readonly route: PageRoute
}

/** `jobs` are the metrics of the jobs, if they run in this process. */
export function createMetrics(siblings: Siblings | undefined, jobs: JobMetrics | undefined): Metrics {
  const register = new MetricsRegistry()
  collectDefaultMetrics({ register })
  const requests = createHistogram(register, {
    name: 'handset_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its response, by operation and status.',
    labelNames: ['operation', 'status'],
    buckets: BUCKETS,
  })
  const storeCalls = createHistogram(register, {
    name: 'handset_store_duration_seconds',
    help: 'Time of a store call: a read, or a transaction from its start to its durable commit.',
    labelNames: ['call'],
    buckets: BUCKETS,
  })
  const workers = { name: 'handset_workers', help: 'The number of worker processes that these metrics cover.' }
  new Gauge({ ...workers, registers: [register] }).set(1)
  const build = { name: 'handset_build_info', help: 'The version of Handset, as a label.', labelNames: ['version'] }
  new Gauge({ ...build, aggregator: 'max', registers: [register] }).set({ version }, 1)
  const started = { name: 'handset_start_time_seconds', help: 'When the newest process started, in Unix seconds.' }
  new Gauge({ ...started, aggregator: 'max', registers: [register] }).set(performance.timeOrigin / 1000)
  siblings?.showMetrics(() => register.getMetricsAsJSON())

  async function readText(): Promise<string> {
    if (siblings === undefined) return (await register.metrics()) + ((await jobs?.text()) ?? '')
    return AggregatorRegistry.aggregate(await siblings.metricsOfAll()).metrics()
  }

  async function readAll(): Promise<ProcessMetrics[]> {
    if (siblings !== undefined) return siblings.metricsOfAll()
    return [[...(await register.getMetricsAsJSON()), ...((await jobs?.json()) ?? [])]]
  }

  const read: Metrics['read'] = async (accept) =>
    prefersOpenMetrics(accept)
      ? { type: OPEN_METRICS_TYPE, text: await toOpenMetrics(await readAll()) }
      : { type: register.contentType, text: await readText() }

  return {
    read,
    timed: (db) => timeDatabase(db, (call, seconds) => storeCalls.observe([call], seconds)),
    answered({ operation = 'none', status, milliseconds, traceId }) {
      requests.observe([operation, status], milliseconds / 1000, traceId)
    },
    show(name, help, read, aggregator = 'sum') {
      new Gauge({
        name,
        help,
        aggregator,
        registers: [register],
        async collect() {
          const value = await read()
          if (value === undefined) this.reset()
          else this.set(value)
        },
      })
    },
    count(name, help, read) {
      new Counter({
        name,
        help,
        registers: [register],
        collect() {
          this.reset()
          this.inc(read())
        },
      })
    },
    route: {
      method: 'GET',
      path: '/metrics',
      name: 'Metrics',
      async respond({ request }) {
        const { type, text } = await read(request.headers.accept)
        return page(type, text, { vary: 'accept' })
      },
    },
  }
}
