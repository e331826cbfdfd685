import type { Registry as MetricsRegistry } from 'prom-client'

/** Times by label, in buckets. */
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
 * A histogram that prom-client shows. Its own makes a key of the labels at every observation, which costs more than all
 * else here: this one finds its series by the labels as they are.
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

  /** Prometheus' buckets hold all that is up to their bound. */
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
