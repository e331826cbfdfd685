import type { Queries } from '../../db/port.ts'
import { walkPages } from '../../db/walk.ts'
import { identify } from '../facts/names.ts'
import type { TacClaimRow } from '../tables.ts'

const BATCH_ROWS = 2_000

const NEXT_CLAIMS = `SELECT tac, source, brand, name FROM tac_claims WHERE (tac, source) > ($1, $2)
  ORDER BY tac, source LIMIT ${BATCH_ROWS}`

/** What a source calls a TAC. */
export type Claim = Pick<TacClaimRow, 'tac' | 'source' | 'brand' | 'name'>

/** Calls `write` for each claim of a source whose brand or name changes. Returns how many there are. */
export async function normaliseClaims(
  db: Queries,
  write: (claim: Claim) => PromiseLike<unknown> | unknown,
): Promise<number> {
  let changed = 0
  for await (const page of walkPages<Claim>(db, NEXT_CLAIMS, ['tac', 'source'])) {
    for (const claim of page) {
      const { brand, name } = identify(claim.brand, claim.name)
      if (brand === claim.brand && name === claim.name) continue
      changed += 1
      await write({ ...claim, brand, name })
    }
  }
  return changed
}
