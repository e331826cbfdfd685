/** Whether the fault suite runs in full (`HANDSET_FAULTS=long`). Otherwise, each test shows the same within seconds. */
const isLong = process.env.HANDSET_FAULTS === 'long'

/** The seed of all random choices. Tests print it; `HANDSET_SEED` replays a run. */
export const seed = Number(process.env.HANDSET_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** Picks one of two figures, depending on how far the suite goes. */
export function scale<T>(short: T, long: T): T {
  return isLong ? long : short
}
