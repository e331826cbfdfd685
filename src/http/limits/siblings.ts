import type { Grant, WindowTerms } from './window.ts'

/** The metrics of one process, in the form in which prom-client sums them. */
export type ProcessMetrics = object[]

/** The processes that serve one port together, from the point of view of one of them. */
export interface Siblings {
  /** Waits for this process's turn to write to a store with one writer at a time. Returns the function that ends it. */
  turn(): Promise<() => void>
  /** Takes a share of the requests that a key may still send to all processes. */
  take(terms: WindowTerms, key: string): Promise<Grant>
  /** Sets how the metrics of this process are read. */
  showMetrics(read: () => Promise<ProcessMetrics>): void
  /** The metrics of every process that answers in time. */
  metricsOfAll(): Promise<ProcessMetrics[]>
}
