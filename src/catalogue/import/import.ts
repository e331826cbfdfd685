import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Registry } from '../../context.ts'
import type { Queries, Scratch } from '../../db/port.ts'
import { brandKey, nameKey } from '../../domain/keys.ts'
import { SetupError } from '../../errors.ts'
import { ruleSimTypes, ruleType } from '../facts/rules.ts'
import type { Entry, Refusal, Row } from '../formats/entry.ts'
import { modelKey, toSimTypesText } from '../model.ts'
import type { Source } from '../sources.ts'
import {
  type Conflict,
  type Example,
  judge,
  listConflicts,
  listExamples,
  OUTCOMES,
  type Outcome,
  prepareJudgement,
} from './judge.ts'
import { findVersion, publish, refuseInterrupted } from './publish.ts'
import {
  countBrands,
  findStagedModels,
  findStagedTacs,
  openStaging,
  type StagedModel,
  type StagedTac,
  settleBrands,
  stage,
} from './staging.ts'
import { settleVariants } from './variants.ts'

/** How many rows are staged together: few, so that they are garbage before the collector takes them for lasting. */
const BATCH_ROWS = 200

/** How many rows of a file may look damaged, in percent, before it is refused; and how many in any case. */
export const MAX_DAMAGE = 5
const FEW_ROWS = 20

/** How many examples of each outcome, and of conflicts, a result holds. */
const EXAMPLES = 10

/** What became of the rows; all but `rows` add up to `rows`. */
export interface ImportSummary {
  rows: number
  added: number
  changed: number
  /** Among them rows that say once more what an earlier one said. */
  unchanged: number
  /** Left as they were, because a source of higher rank says otherwise. */
  outranked: number
  rejected: number
}

/** Rows of a file that look as if it were damaged. */
export interface Damage {
  /** Rows that give a TAC again that an earlier one gave. */
  repeated: number
  /** Rows that lack columns. */
  cut: number
  /** Rows with a quote that is not closed, or in the middle of a cell. */
  quotes: number
}

/** What an import did, or with `dryRun` would do. */
export interface Imported {
  summary: ImportSummary
  damage: Damage
  /** Models that are new. */
  models: number
  /** Brands as the file writes them, and after they are normalised. */
  brands: { before: number; after: number }
  /** TACs that another source gives to another model. */
  conflicts: { tacs: number; examples: Conflict[] }
  examples: Partial<Record<Outcome, Example[]>>
}

export interface ImportOptions {
  source: Source
  /** Called for every row that is not taken. */
  onReject: (row: Row, reason: string) => void
  /** Called after every batch that is read. */
  onProgress: (summary: ImportSummary) => void
  /** Ends the import, which then changes nothing. */
  signal: AbortSignal
  /** The share of rows that may look damaged, in percent. */
  maxDamage?: number
  /** Only says what the import would do. */
  dryRun?: boolean
}

/**
 * Takes the rows of a TAC database into the catalogue: all of them, visible in one moment, or none. Taking the same rows
 * again changes nothing. A TAC that the file gives twice for different models keeps the first.
 *
 * Throws `SetupError` for a file that looks damaged, and when `signal` ends the import.
 */
export async function importCatalogue(
  registry: Registry,
  rows: AsyncIterable<Row>,
  options: ImportOptions,
): Promise<Imported> {
  const { db } = registry
  const { source, signal, onProgress } = options
  const staging = await openStaging(db)
  try {
    const reader = createStager(registry, staging, options)
    await readAll(rows, reader, options)
    refuseInterrupted(signal)
    refuseDamaged(reader.summary.rows, reader.damage, options.maxDamage ?? MAX_DAMAGE)
    if (saysOfEachTac(source)) await settleVariants(db, staging)
    const result = await finish(registry, staging, reader, options)
    onProgress(result.summary)
    return result
  } finally {
    staging.close()
  }
}

/** Whether a source says type and SIM types of each TAC, so that one name may have variants; else its rows name models. */
function saysOfEachTac(source: Source): boolean {
  return source === 'gsma'
}

async function readAll(rows: AsyncIterable<Row>, reader: Stager, { onProgress, signal }: ImportOptions): Promise<void> {
  let batch: Row[] = []
  async function take(): Promise<void> {
    await reader.take(batch)
    batch = []
    onProgress(reader.summary)
  }
  try {
    for await (const row of rows) {
      batch.push(row)
      if (batch.length >= BATCH_ROWS) await take()
      if (signal.aborted) return
    }
  } catch (error) {
    // Whoever aborts may also have ended a source that gave nothing more.
    if (!signal.aborted) throw error
  }
  if (batch.length > 0) await take()
}

async function finish(
  { db, newId }: Registry,
  staging: Scratch,
  { summary, damage }: Stager,
  { source, dryRun = false, signal }: ImportOptions,
): Promise<Imported> {
  const brands = await countBrands(staging)
  await prepareJudgement(staging)
  for (;;) {
    const version = await findVersion(db)
    const { outcomes, models, conflicts } = await judge(db, staging, source)
    const examples: Imported['examples'] = {}
    for (const outcome of OUTCOMES) {
      if (outcome !== 'unchanged') examples[outcome] = await listExamples(staging, outcome, EXAMPLES)
    }
    const result = {
      summary: { ...summary, ...outcomes, unchanged: outcomes.unchanged + summary.unchanged },
      damage,
      models,
      brands,
      conflicts: { tacs: conflicts, examples: await listConflicts(staging, source, EXAMPLES) },
      examples,
    }
    // Who interrupts it is heard in a turn of the event loop, and judging takes none.
    await nextTurn()
    refuseInterrupted(signal)
    // Where the catalogue was changed meanwhile, the import is judged again.
    if (dryRun || (await publish(staging, () => newId('dmd').id, { source, version, signal }))) return result
  }
}

function refuseDamaged(rows: number, { repeated, cut, quotes }: Damage, maxDamage: number): void {
  const damaged = repeated + cut + quotes
  const share = (damaged / rows) * 100
  if (damaged <= FEW_ROWS || share <= maxDamage) return
  throw new SetupError(
    `The file looks damaged: of ${rows} rows, ${repeated} repeat a TAC, ${cut} are cut and ${quotes} have broken quotes. ` +
      `That is ${share.toFixed(1)} %, and no more than ${maxDamage} % are taken. Nothing was changed. Fetch the file again, ` +
      `or accept it as it is with --max-damage ${Math.ceil(share)}.`,
  )
}

interface Stager {
  summary: ImportSummary
  damage: Damage
  /** Stages a batch of rows, and rejects those that cannot stand. */
  take(batch: readonly Row[]): Promise<void>
}

function createStager({ db }: Registry, staging: Queries, { source, onReject }: ImportOptions): Stager {
  const summary: ImportSummary = { rows: 0, added: 0, changed: 0, unchanged: 0, outranked: 0, rejected: 0 }
  const damage: Damage = { repeated: 0, cut: 0, quotes: 0 }

  async function take(batch: readonly Row[]): Promise<void> {
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
      const refusal = 'reason' in row.result ? row.result : takeEntry(row.result, row.line)
      if (refusal !== undefined) reject(row, refusal)
    }
    await stage(staging, { models: [...models.values()], tacs })

    function takeEntry(entry: Entry, line: number): Refusal | undefined {
      const key = keyOf(entry)
      const before = known.tacs.get(entry.tac)
      if (before !== undefined) {
        damage.repeated += 1
        if (before.key !== key) return { reason: `line ${before.line} gives TAC ${entry.tac} for another model` }
      }
      const model = known.models.get(key) ?? toModel(entry, key, line, brands)
      const said = saysOfEachTac(source) ? undefined : saidAgain(model, entry, line)
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

  /** What of a batch is staged already. */
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

  return { summary, damage, take }
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
 * What a row adds to what was said of its model; the reason, where it cannot stand beside an earlier one: else the last
 * would win, and the next import again.
 */
function saidAgain(
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
      return `line ${line} gives other ${what} for ${brand} ${name}: variants need names of their own`
    }
  }
  const news = {
    ...(type !== undefined && saidType === null ? { saidType: type } : {}),
    ...(simTypesText !== undefined && saidSimTypes === null ? { saidSimTypes: simTypesText } : {}),
  }
  return Object.keys(news).length > 0 ? { ...news, line: ownLine } : undefined
}
