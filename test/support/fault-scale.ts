/** Whether the fault suite runs in full (`HANDSET_FAULTS=long`). Otherwise, each test shows the same within seconds. */
const isLong = process.env.HANDSET_FAULTS === 'long'

/** The seed of all random choices. Tests print it; `HANDSET_SEED` replays a run. */
export const seed = Number(process.env.HANDSET_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** Picks one of two figures, depending on how far the suite goes. */
export function scale<T>(short: T, long: T): T {
  return isLong ? long : short
}

/** The number of kills: `HANDSET_KILLS`, with which a long test can be run in portions, or one of these two. */
export function countKills(short: number, long: number): number {
  return Number(process.env.HANDSET_KILLS ?? scale(short, long))
}

/** How long anything that starts may take, in milliseconds. Long tests may run at low priority on a busy machine. */
export const START_DEADLINE = scale(60_000, 600_000)

/** Reports how far a long test has got, since its diagnostics appear only when it has ended. */
export function reportProgress(text: string): void {
  if (isLong) process.stderr.write(`${new Date().toISOString()} ${text}\n`)
}
