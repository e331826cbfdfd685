import type { Context } from '../context.ts'
import { findVersion } from './import/publish.ts'
import { apply } from './renormalise/apply.ts'
import { normaliseClaims } from './renormalise/claims.ts'
import { planAll } from './renormalise/plan.ts'
import { type Renormalised, summarise } from './renormalise/result.ts'

/**
 * Normalises brands and names again by the facts of this version of Handset, and applies its rules for types and SIM
 * types. Models that turn out to be the same are merged into the oldest of them; the ids of the others stay valid.
 * Names that an operator set stay. The changes become visible all at once, or not at all.
 */
export async function renormalise(
  context: Pick<Context, 'db' | 'newId'>,
  { dryRun }: { dryRun: boolean },
): Promise<Renormalised> {
  const { db } = context
  for (;;) {
    const version = await findVersion(db)
    const plan = await planAll(db)
    const result = summarise(plan, await normaliseClaims(db, () => {}))
    // If the catalogue was changed meanwhile, the plan is made again.
    if (dryRun || (await apply(context, plan, version))) return result
  }
}
