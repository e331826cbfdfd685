/** The fault suite goes far with `HANDSET_FAULTS=long`; without it, each test shows the same in seconds. */
const isLong = process.env.HANDSET_FAULTS === 'long'

/** What random choices follow from. Tests print it; `HANDSET_SEED` replays a run. */
export const seed = Number(process.env.HANDSET_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** One of two figures, by how far the suite goes. */
export function scale<T>(short: T, long: T): T {
  return isLong ? long : short
}
