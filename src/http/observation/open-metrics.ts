import { AggregatorRegistry, Registry as MetricsRegistry } from 'prom-client'
import type { ProcessMetrics } from '../limits/siblings.ts'

export const OPEN_METRICS_TYPE = MetricsRegistry.OPENMETRICS_CONTENT_TYPE

/** A request that shows what a bucket of a histogram counts: its trace, its time and when it ended. */
export interface Exemplar {
  labelSet: { trace_id: string }
  /** In seconds. */
  value: number
  /** Unix seconds. */
  timestamp: number
}

interface Metric {
  name: string
  type: string
  values: { metricName?: string; labels: object; exemplar?: Exemplar | null | undefined }[]
}

/**
 * Renders the metrics of one process, or the sum of several, in the OpenMetrics format, which unlike Prometheus' own has
 * exemplars.
 */
export function toOpenMetrics(processes: readonly ProcessMetrics[]): Promise<string> {
  const [first = [], ...others] = processes.map((metrics) => (metrics as Metric[]).map(toFamily))
  return others.length === 0 ? render(first) : sum([first, ...others])
}

/** prom-client does not add up exemplars: the newest of each series is added again. */
async function sum(processes: Metric[][]): Promise<string> {
  const newest = new Map<string, Exemplar>()
  for (const { values } of processes.flat()) {
    for (const value of values) {
      const { exemplar } = value
      if (!exemplar) continue
      const key = keyOf(value)
      if (exemplar.timestamp > (newest.get(key)?.timestamp ?? 0)) newest.set(key, exemplar)
    }
  }
  const metrics = (await AggregatorRegistry.aggregate(processes).getMetricsAsJSON()) as unknown as Metric[]
  for (const value of metrics.flatMap(({ values }) => values)) value.exemplar = newest.get(keyOf(value))
  return render(metrics)
}

function render(metrics: readonly Metric[]): Promise<string> {
  const register = new MetricsRegistry<typeof OPEN_METRICS_TYPE>()
  register.setContentType(OPEN_METRICS_TYPE)
  for (const metric of metrics) {
    const readable = { ...metric, get: async () => metric }
    register.registerMetric(readable as unknown as Parameters<MetricsRegistry['registerMetric']>[0])
  }
  return register.metrics()
}

/** In OpenMetrics, the name of a counter has no `_total`, and the name of its value does; prom-client adds the latter. */
function toFamily(metric: Metric): Metric {
  return metric.type === 'counter' ? { ...metric, name: metric.name.replace(/_total$/, '') } : metric
}

function keyOf({ metricName, labels }: Metric['values'][number]): string {
  return JSON.stringify([metricName, labels])
}

/**
 * Whether a client prefers OpenMetrics to Prometheus' own format, as its `Accept` header says (RFC 9110 §12.5.1). A
 * client that does not name OpenMetrics gets Prometheus' format.
 */
export function prefersOpenMetrics(accept = ''): boolean {
  const weights = new Map<string, number>()
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))
    weights.set(type, Math.max(weights.get(type) ?? 0, weight === undefined ? 1 : Number(weight.slice(2)) || 0))
  }
  const open = weights.get('application/openmetrics-text') ?? 0
  return open > 0 && open >= (weights.get('text/plain') ?? 0)
}
