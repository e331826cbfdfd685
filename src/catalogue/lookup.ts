import type { Queries } from '../db/port.ts'
import { brandKey, nameKey } from '../domain/keys.ts'
import { ruleSimTypes } from './facts/sim-rules.ts'
import { ruleType } from './facts/type-rules.ts'
import { listTacClaims, lookUpTac, type TacRow } from './store.ts'

/** What the catalogue knows about a TAC, the source of each part, and what other sources claim. */
export type Found = NonNullable<Awaited<ReturnType<typeof lookUp>>>

export async function lookUp(db: Pick<Queries, 'all' | 'get'>, tac: string) {
  const row = await lookUpTac(db, tac)
  if (row === undefined) return undefined
  const { id, brand, name, type, sim_types, source, type_source } = row
  const simTypesSource = simTypesSourceOf(row)
  const claims = (await listTacClaims(db, tac)).filter((claim) => claim.source !== source)
  return {
    tac,
    model: id,
    brand,
    name,
    type,
    simTypes: JSON.parse(sim_types) as string[],
    source,
    typeSource: type_source,
    typeReason: reasonOf(type_source, ruleType(brand, name)),
    simTypesSource,
    simTypesReason: reasonOf(simTypesSource, ruleSimTypes(brand, name)),
    claims: claims.map((claim) => ({
      source: claim.source,
      brand: claim.brand,
      name: claim.name,
      type: claim.type,
      simTypes: claim.sim_types === null ? null : (JSON.parse(claim.sim_types) as string[]),
      /** Whether this source assigns the TAC to another model. */
      conflicts: brandKey(claim.brand) !== brandKey(brand) || nameKey(claim.name) !== nameKey(name),
    })),
  }
}

/**
 * The source of the SIM types of a TAC. What an operator set for its model takes precedence over what is stated about
 * the TAC.
 */
export function simTypesSourceOf({ stated_by, sim_types_source }: Pick<TacRow, 'stated_by' | 'sim_types_source'>) {
  return sim_types_source === 'operator' ? sim_types_source : (stated_by ?? sim_types_source)
}

/** The reason of a rule, if a rule states the value, or states that it cannot be known. */
function reasonOf(source: string | null, ruled: { reason: string } | null): string | null {
  return source === null || source === 'rule' ? (ruled?.reason ?? null) : null
}
