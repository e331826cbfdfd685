import type { Registry as MetricsRegistry } from 'prom-client'

/** A histogram of times, one series for each set of labels. */
export interface Histogram {
  observe(labels: readonly (string | number)[], seconds: number): void
}

interface Series {
  labels: Record<string, string | number>
  counts: number[]
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
    const series = { labels: named, counts: buckets.map(() => 0), count: 0, sum: 0 }
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

  /** The buckets of Prometheus are cumulative: each counts everything up to its bound. */
  function valuesOf({ labels, counts, count, sum }: Series) {
    let upTo = 0
    const bucketValues = counts.map((own, place) => {
      upTo += own
      return { metricName: `${name}_bucket`, labels: { le: buckets[place] ?? 0, ...labels }, value: upTo }
    })
    return [
      ...bucketValues,
      { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: count },
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ]
  }

  register.registerMetric(metric as unknown as Parameters<MetricsRegistry['registerMetric']>[0])
  return {
    observe(labels, seconds) {
      const series = seriesOf(labels)
      series.count += 1
      series.sum += seconds
      let place = 0
      while (place < buckets.length && seconds > (buckets[place] as number)) place += 1
      if (place < buckets.length) series.counts[place] = (series.counts[place] as number) + 1
    },
  }
}
