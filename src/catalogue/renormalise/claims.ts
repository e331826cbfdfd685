import type { Parameter, Queries } from '../../db/port.ts'
import { walkPages } from '../../db/walk.ts'
import { identify } from '../facts/names.ts'

const BATCH_ROWS = 2_000

const NEXT_CLAIMS = `SELECT tac, source, brand, name FROM tac_claims WHERE (tac, source) > ($1, $2)
  ORDER BY tac, source LIMIT ${BATCH_ROWS}`

interface Claim {
  tac: string
  source: string
  brand: string
  name: string
}

/** Calls `write` for each claim of a source whose brand or name changes. Returns how many there are. */
export async function normaliseClaims(
  db: Queries,
  write: (claim: readonly Parameter[]) => PromiseLike<unknown> | unknown,
): Promise<number> {
  let changed = 0
  for await (const page of walkPages<Claim>(db, NEXT_CLAIMS, ['tac', 'source'])) {
    for (const claim of page) {
      const { brand, name } = identify(claim.brand, claim.name)
      if (brand === claim.brand && name === claim.name) continue
      changed += 1
      await write([claim.tac, claim.source, brand, name])
    }
  }
  return changed
}
