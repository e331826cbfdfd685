import type { Queries } from '../../db/port.ts'
import { brandKey, nameKey } from '../../domain/keys.ts'
import { ruleSimTypes } from '../facts/sim-rules.ts'
import { ruleType } from '../facts/type-rules.ts'
import type { Entry, Refusal, Row } from '../formats/entry.ts'
import { modelKey, toSimTypesText } from '../model.ts'
import type { Source } from '../precedence.ts'
import type { Damage } from './damage.ts'
import { findStagedModels, findStagedTacs, type StagedModel, type StagedTac, settleBrands, stage } from './staging.ts'

/** The outcomes of rows; all but `rows` add up to `rows`. */
export interface ImportSummary {
  rows: number
  added: number
  changed: number
  /** Includes rows that repeat what an earlier row states. */
  unchanged: number
  /** Left unchanged, because a source of higher rank states something else. */
  outranked: number
  rejected: number
}

/** Whether a source states type and SIM types of each TAC, so that one name may have variants; else its rows name models. */
export function statesEachTac(source: Source): boolean {
  return source === 'gsma'
}

/** Stages the rows of an import, and counts what becomes of them. */
export interface Stager {
  summary: ImportSummary
  damage: Damage
  /** Stages a batch of rows, and rejects the invalid ones. */
  stage(batch: readonly Row[]): Promise<void>
}

export function createStager(
  db: Queries,
  staging: Queries,
  { source, onReject }: { source: Source; onReject: (row: Row, reason: string) => void },
): Stager {
  const summary: ImportSummary = { rows: 0, added: 0, changed: 0, unchanged: 0, outranked: 0, rejected: 0 }
  const damage: Damage = { repeated: 0, cut: 0, quotes: 0 }

  async function stageBatch(batch: readonly Row[]): Promise<void> {
    const entries = batch.flatMap(({ result }) => ('reason' in result ? [] : [result]))
    const brands = await settleBrands(
      db,
      staging,
      new Map(entries.toReversed().map(({ brand }) => [brandKey(brand), brand])),
      new Set(entries.map(({ brandText }) => brandText)),
    )
    const known = await findKnown(entries, brands)
    const tacs: StagedTac[] = []
    const models = new Map<string, StagedModel>()
    for (const row of batch) {
      summary.rows += 1
      const rejection = 'reason' in row.result ? row.result : stageEntry(row.result, row.line)
      if (rejection !== undefined) reject(row, rejection)
    }
    await stage(staging, { models: [...models.values()], tacs })

    function stageEntry(entry: Entry, line: number): Refusal | undefined {
      const key = keyOf(entry)
      const before = known.tacs.get(entry.tac)
      if (before !== undefined) {
        damage.repeated += 1
        if (before.key !== key) return { reason: `line ${before.line} assigns TAC ${entry.tac} to another model` }
      }
      const model = known.models.get(key) ?? toModel(entry, key, line, brands)
      const said = statesEachTac(source) ? undefined : addStatement(model, entry, line)
      if (typeof said === 'string') return { reason: said }
      if (said !== undefined || !known.models.has(key)) {
        const staged = { ...model, ...said }
        known.models.set(key, staged)
        models.set(key, staged)
      }
      if (before !== undefined) {
        summary.unchanged += 1
        return undefined
      }
      known.tacs.set(entry.tac, { line, key })
      tacs.push(toTac(entry, key, line))
      return undefined
    }
  }

  function reject(row: Row, { reason, damage: kind }: Refusal): void {
    summary.rejected += 1
    if (kind === 'cut') damage.cut += 1
    if (kind === 'quote') damage.quotes += 1
    onReject(row, reason)
  }

  /** The TACs and models of a batch that are already staged. */
  async function findKnown(entries: readonly Entry[], brands: ReadonlyMap<string, string>) {
    const tacs = new Map<string, { line: number; key: string }>()
    const found = await findStagedTacs(
      staging,
      entries.map(({ tac }) => tac),
    )
    for (const { tac, line, model_key } of found) tacs.set(tac, { line, key: model_key })
    const byKey = new Map(entries.map((entry) => [keyOf(entry), entry]))
    const models = new Map<string, StagedModel>()
    for (const row of await findStagedModels(staging, [...byKey.keys()])) {
      const model = toModel(byKey.get(row.model_key) as Entry, row.model_key, row.line, brands)
      const said = { saidType: row.said_type, saidSimTypes: row.said_sim_types }
      models.set(row.model_key, { ...model, ...said })
    }
    return { tacs, models }
  }

  function toModel(
    { brand, name, isCode }: Entry,
    key: string,
    line: number,
    brands: ReadonlyMap<string, string>,
  ): StagedModel {
    const type = ruleType(brand, name)?.value ?? null
    const simTypes = ruleSimTypes(brand, name)?.value ?? null
    return {
      key,
      line,
      brand: brands.get(brandKey(brand)) ?? brand,
      brandKey: brandKey(brand),
      name,
      nameKey: nameKey(name),
      isCode,
      saidType: null,
      saidSimTypes: null,
      ruleType: type,
      ruleSimTypes: simTypes && toSimTypesText(simTypes),
    }
  }

  return { summary, damage, stage: stageBatch }
}

function keyOf({ brand, name }: Entry): string {
  return modelKey(brandKey(brand), nameKey(name))
}

function toTac({ tac, type, simTypes, code }: Entry, key: string, line: number): StagedTac {
  return {
    tac,
    line,
    modelKey: key,
    code: code ?? null,
    type: type ?? null,
    simTypes: simTypes === undefined ? null : toSimTypesText(simTypes),
  }
}

/**
 * What a row adds to the statements about its model, or the reason for which it contradicts an earlier row: the last of
 * them would win otherwise, and change again with the next import.
 */
function addStatement(
  { saidType, saidSimTypes, line }: StagedModel,
  { brand, name, type, simTypes }: Entry,
  ownLine: number,
): Partial<StagedModel> | string | undefined {
  const simTypesText = simTypes && toSimTypesText(simTypes)
  for (const [what, own, earlier] of [
    ['type', type, saidType],
    ['SIM types', simTypesText, saidSimTypes],
  ] as const) {
    if (own !== undefined && earlier !== null && own !== earlier) {
      return `line ${line} states a different value of ${what} for ${brand} ${name}: give variants different names`
    }
  }
  const news = {
    ...(type !== undefined && saidType === null ? { saidType: type } : {}),
    ...(simTypesText !== undefined && saidSimTypes === null ? { saidSimTypes: simTypesText } : {}),
  }
  return Object.keys(news).length > 0 ? { ...news, line: ownLine } : undefined
}
