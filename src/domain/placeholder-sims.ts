/** Names that stand for a new SIM of a type, on create and update in a test project (docs/contract.md §8). */
export const PLACEHOLDER_SIMS: ReadonlyMap<string, 'eSIM' | 'pSIM'> = new Map([
  ['sim_test_esim', 'eSIM'],
  ['sim_test_psim', 'pSIM'],
])
