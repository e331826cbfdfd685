import type { Attempted } from './health.ts'

/**
 * Attempts that have ended wait this long, in milliseconds, or until there are this many, to share a commit: the sync
 * of a commit stops this process for milliseconds. If nothing else is in flight, they do not wait.
 */
const RECORDED_WITHIN = 100
const RECORDED_TOGETHER = 100

/** Collects attempts that have ended, and records them in batches, one batch at a time. */
export interface Recorder {
  /** Adds an attempt that has ended. */
  add(attempted: Attempted): void
}

export interface RecorderParts {
  /** Whether nothing is in flight, so that no further attempt will end soon. */
  isIdle(): boolean
  /** Records a batch. */
  record(batch: readonly Attempted[]): Promise<void>
  /** Called when a batch has been recorded, or with the error if it could not be. */
  onRecorded(batch: readonly Attempted[], error?: unknown): void
}

export function createRecorder({ isIdle, record, onRecorded }: RecorderParts): Recorder {
  let ended: Attempted[] = []
  let isRecording = false
  let timer: NodeJS.Timeout | undefined

  /** Records the attempts that have ended: at once, or after a short wait in which others may end. */
  function recordSoon(): void {
    if (isRecording || ended.length === 0) return
    if (isIdle() || ended.length >= RECORDED_TOGETHER) recordNow()
    else timer ??= setTimeout(recordNow, RECORDED_WITHIN)
  }

  async function recordNow(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const batch = ended
    ended = []
    isRecording = true
    const error = await record(batch).then(
      () => undefined,
      (error: unknown) => error,
    )
    isRecording = false
    onRecorded(batch, error)
    recordSoon()
  }

  return {
    add(attempted) {
      ended.push(attempted)
      recordSoon()
    },
  }
}
