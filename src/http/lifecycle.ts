/** Lets parts of the server act when it starts and stops. */
export interface Lifecycle {
  /** Runs `work` when the server listens, before `listen` resolves. */
  afterListen(work: () => Promise<void>): void
  /** Runs `work` when the server begins to stop: no new connections come, but requests are still in progress. */
  beforeClose(work: () => void): void
  /** Runs `work` after the last response. What was registered last runs first. */
  afterClose(work: () => void | Promise<void>): void
}
