import { createHash } from 'node:crypto'
import type { Queries } from '../../db/port.ts'
import { findMark } from '../store.ts'
import { BRAND_FACTS } from './brands.ts'
import { MODEL_CODE_FACTS } from './model-codes.ts'
import { NAME_FACTS } from './names.ts'
import { SIM_RULE_FACTS } from './sim-rules.ts'
import { TYPE_RULE_FACTS } from './type-rules.ts'

/** The mark that holds the digest of the facts by which the whole catalogue of a store was normalised. */
export const FACTS_MARK = 'facts'

/** The advice when a store's digest differs. */
export const FACTS_ADVICE =
  'Part of the catalogue was imported by a version with different facts about brands, names and rules: ' +
  'handset catalogue renormalise --dry-run reports what would change.'

/** Incremented when the code that applies the facts changes. */
const CODE = 4

/** Identifies the facts of this version of Handset. */
export function factsDigest(): string {
  const facts = JSON.stringify(
    [CODE, BRAND_FACTS, NAME_FACTS, TYPE_RULE_FACTS, SIM_RULE_FACTS, MODEL_CODE_FACTS],
    (_, value) => (value instanceof RegExp ? String(value) : value),
  )
  return createHash('sha256').update(facts).digest('hex')
}

/** Whether the whole catalogue was normalised by the facts of this version. */
export async function usesCurrentFacts(db: Pick<Queries, 'get'>): Promise<boolean> {
  return (await findMark(db, FACTS_MARK)) === factsDigest()
}
