import { Counter, Gauge, Registry as MetricsRegistry } from 'prom-client'
import type { ProcessMetrics } from '../limits/siblings.ts'

/** What a server knows about the deliveries of webhooks. */
export interface DeliveryCounts {
  /** Attempts that delivered an event. */
  succeeded: number
  /** Attempts that failed. */
  failed: number
  /** The age of the oldest pending delivery of an enabled endpoint, in seconds; 0 if none is pending. */
  oldestPending: number
  /** The number of enabled endpoints whose last attempt failed. */
  failingEndpoints: number
}

/** The metrics of the jobs of a server, which run in one of its processes. */
export interface JobMetrics {
  /** Shows the counts, read at each scrape. */
  showDeliveries(counts: Readonly<DeliveryCounts>): void
  text(): Promise<string>
  json(): Promise<ProcessMetrics>
}

export function createJobMetrics(): JobMetrics {
  const register = new MetricsRegistry()
  const registers = [register]
  return {
    showDeliveries(counts) {
      new Counter({
        name: 'handset_webhook_attempts_total',
        help: 'Attempts to deliver events to webhook endpoints, by outcome.',
        labelNames: ['outcome'],
        registers,
        collect() {
          this.reset()
          this.inc({ outcome: 'succeeded' }, counts.succeeded)
          this.inc({ outcome: 'failed' }, counts.failed)
        },
      })
      new Gauge({
        name: 'handset_webhook_oldest_pending_seconds',
        help: 'Age of the oldest pending delivery of an enabled webhook endpoint.',
        registers,
        collect() {
          this.set(counts.oldestPending)
        },
      })
      new Gauge({
        name: 'handset_webhook_failing_endpoints',
        help: 'Enabled webhook endpoints whose last attempt failed.',
        registers,
        collect() {
          this.set(counts.failingEndpoints)
        },
      })
    },
    text: () => register.metrics(),
    json: () => register.getMetricsAsJSON(),
  }
}
