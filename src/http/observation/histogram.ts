import type { Registry as MetricsRegistry } from 'prom-client'
import type { Exemplar } from './open-metrics.ts'

/** A histogram of times, one series for each set of labels. */
export interface Histogram {
  /** `traceId` is the trace of what took this time; undefined if there is none. */
  observe(labels: readonly (string | number)[], seconds: number, traceId?: string | undefined): void
}

interface Series {
  labels: Record<string, string | number>
  counts: number[]
  /** The newest exemplar of each bucket, that of `+Inf` last. */
  exemplars: (Exemplar | undefined)[]
  count: number
  sum: number
}

/**
 * Creates a histogram in a prom-client registry. prom-client's own histogram builds a string key from the labels at
 * every observation, which costs more than everything else in it. This one finds its series through a map per label.
 */
export function createHistogram(
  register: MetricsRegistry,
  { name, help, labelNames, buckets }: { name: string; help: string; labelNames: readonly string[]; buckets: number[] },
): Histogram {
  const places = new Map<unknown, unknown>()
  const all: Series[] = []

  function seriesOf(labels: readonly (string | number)[]): Series {
    let place: unknown = places
    for (let level = 0; level < labels.length; level++) {
      const map = place as Map<unknown, unknown>
      place = map.get(labels[level])
      if (place !== undefined) continue
      place = level === labels.length - 1 ? addSeries(labels) : new Map()
      map.set(labels[level], place)
    }
    return place as Series
  }

  function addSeries(labels: readonly (string | number)[]): Series {
    const named = Object.fromEntries(labelNames.map((label, place) => [label, labels[place] ?? '']))
    const series = { labels: named, counts: buckets.map(() => 0), exemplars: [], count: 0, sum: 0 }
    all.push(series)
    return series
  }

  const metric = {
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    async get() {
      return { name, help, type: 'histogram', aggregator: 'sum', values: all.flatMap(valuesOf) }
    },
    reset() {
      all.length = 0
      places.clear()
    },
  }

  function bucketOf(le: number | string, labels: Series['labels'], value: number, exemplar: Exemplar | undefined) {
    const bucket = { metricName: `${name}_bucket`, labels: { le, ...labels }, value }
    return exemplar === undefined ? bucket : { ...bucket, exemplar }
  }

  /** The buckets of Prometheus are cumulative: each counts everything up to its bound. */
  function valuesOf({ labels, counts, exemplars, count, sum }: Series) {
    let upTo = 0
    const bucketValues = counts.map((own, place) => {
      upTo += own
      return bucketOf(buckets[place] ?? 0, labels, upTo, exemplars[place])
    })
    return [
      ...bucketValues,
      bucketOf('+Inf', labels, count, exemplars[buckets.length]),
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ]
  }

  register.registerMetric(metric as unknown as Parameters<MetricsRegistry['registerMetric']>[0])
  return {
    observe(labels, seconds, traceId) {
      const series = seriesOf(labels)
      series.count += 1
      series.sum += seconds
      let place = 0
      while (place < buckets.length && seconds > (buckets[place] as number)) place += 1
      if (place < buckets.length) series.counts[place] = (series.counts[place] as number) + 1
      if (traceId === undefined) return
      series.exemplars[place] = { labelSet: { trace_id: traceId }, value: seconds, timestamp: Date.now() / 1000 }
    },
  }
}
