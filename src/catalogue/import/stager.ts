import type { Queries } from '../../db/port.ts'
import type { Entry, Rejection, Row } from '../formats/entry.ts'
import { toSimTypesText } from '../model.ts'
import type { Source } from '../precedence.ts'
import { createBrandSpellings } from './brand-spellings.ts'
import type { Damage } from './damage.ts'
import { toStagedModel } from './staged-model.ts'
import { findStagedTacs, type StagedModel, type StagedTac, stage } from './staging.ts'

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

/** Stages the rows of an import, and counts their outcomes. */
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

  const brands = createBrandSpellings(db, staging)

  async function stageBatch(batch: readonly Row[]): Promise<void> {
    const entries = batch.flatMap(({ result }) => ('reason' in result ? [] : [result]))
    await brands.settle(entries)
    const earlier = await findStagedTacs(
      staging,
      entries.map(({ tac }) => tac),
    )
    const known = new Map(earlier.map(({ tac, ...place }) => [tac, place]))
    const tacs: StagedTac[] = []
    const models = new Map<string, StagedModel>()
    for (const row of batch) {
      summary.rows += 1
      const rejection = 'reason' in row.result ? row.result : stageEntry(row.result, row.line)
      if (rejection !== undefined) reject(row, rejection)
    }
    await stage(staging, { models: [...models.values()], tacs })

    function stageEntry(entry: Entry, line: number): Rejection | undefined {
      const stated = entry.simTypes === undefined ? null : toSimTypesText(entry.simTypes)
      const model = toStagedModel({ ...entry, brand: brands.of(entry.brand) }, stated, line)
      const before = known.get(entry.tac)
      if (before !== undefined) {
        damage.repeated += 1
        if (before.baseKey !== model.baseKey) {
          return { reason: `line ${before.line} assigns TAC ${entry.tac} to another model` }
        }
        summary.unchanged += 1
        return undefined
      }
      known.set(entry.tac, { line, baseKey: model.baseKey })
      if (!models.has(model.key)) models.set(model.key, model)
      tacs.push(toTac(entry, model.key, stated, line))
      return undefined
    }
  }

  function toTac({ tac, type, isByCode }: Entry, modelKey: string, simTypes: string | null, line: number): StagedTac {
    const simTypesSource = simTypes === null ? null : isByCode ? 'rule' : source
    return { tac, line, modelKey, type: type ?? null, simTypes, simTypesSource }
  }

  function reject(row: Row, { reason, damage: kind }: Rejection): void {
    summary.rejected += 1
    if (kind === 'cut') damage.cut += 1
    if (kind === 'quote') damage.quotes += 1
    onReject(row, reason)
  }

  return { summary, damage, stage: stageBatch }
}
