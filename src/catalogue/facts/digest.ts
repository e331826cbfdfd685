import { createHash } from 'node:crypto'
import type { Queries } from '../../db/port.ts'
import { findMark } from '../store.ts'
import { BRAND_FACTS } from './brands.ts'
import { NAME_FACTS } from './names.ts'
import { SIM_RULE_FACTS } from './sim-rules.ts'
import { TYPE_RULE_FACTS } from './type-rules.ts'

/** The mark that holds the digest of the facts by which all of a store's catalogue was normalised. */
export const FACTS_MARK = 'facts'

/** What a person is told where it is another. */
export const FACTS_ADVICE =
  'Some of the catalogue was loaded by other tables of brands, names and rules than this version has: ' +
  'handset catalogue renormalise --dry-run says what they would change.'

/** Counted up where the code changes that applies the facts. */
const CODE = 1

/** What tells the tables of brands, names and rules of this version of Handset from those of another. */
export function factsDigest(): string {
  const facts = JSON.stringify([CODE, BRAND_FACTS, NAME_FACTS, TYPE_RULE_FACTS, SIM_RULE_FACTS], (_, value) =>
    value instanceof RegExp ? String(value) : value,
  )
  return createHash('sha256').update(facts).digest('hex')
}

/** Whether brands, names and rules of the whole catalogue are by the tables of this version. */
export async function isByPresentFacts(db: Pick<Queries, 'get'>): Promise<boolean> {
  return (await findMark(db, FACTS_MARK)) === factsDigest()
}
