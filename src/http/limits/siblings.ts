import type { Grant, WindowTerms } from './window.ts'

/** The metrics of one process, as prom-client gives them to be summed. */
export type ProcessMetrics = object[]

/** The processes that serve a port together, as one of them sees them. */
export interface Siblings {
  /** Waits until this one may write to a store that takes one writer at a time; gives what ends its turn. */
  turn(): Promise<() => void>
  /** Takes a part of what a key may still ask of all. */
  take(terms: WindowTerms, key: string): Promise<Grant>
  /** Says how the metrics of this one are read. */
  showMetrics(read: () => Promise<ProcessMetrics>): void
  /** The metrics of each that answers in time. */
  metricsOfAll(): Promise<ProcessMetrics[]>
}
