import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Context } from '../../context.ts'
import type { Scratch } from '../../db/port.ts'
import type { Row } from '../formats/entry.ts'
import type { Source } from '../precedence.ts'
import { countBrands } from './brand-spellings.ts'
import { type Damage, MAX_DAMAGE, rejectDamaged } from './damage.ts'
import { determineOutcomes, OUTCOMES, type Outcome, prepareOutcomes } from './outcomes.ts'
import { findVersion, publish, throwIfInterrupted } from './publish.ts'
import { type Conflict, countConflicts, type Example, listConflicts, listExamples } from './report.ts'
import { createStager, type ImportSummary, type Stager } from './stager.ts'
import { openStaging, settleTypes } from './staging.ts'

/** How many rows are staged together: few, so that the garbage collector frees them while they are young. */
const BATCH_ROWS = 200

/** How many examples of each outcome, and of conflicts, a result lists. */
const EXAMPLES = 10

/** What an import did or, as a dry run, would do. */
export interface Imported {
  summary: ImportSummary
  damage: Damage
  /** Models that are new. */
  models: number
  /** The number of brands as the file writes them, and after normalisation. */
  brands: { before: number; after: number }
  /** TACs that another source assigns to another model. */
  conflicts: { tacs: number; examples: Conflict[] }
  examples: Partial<Record<Outcome, Example[]>>
}

export interface ImportOptions {
  source: Source
  /** Called for every rejected row. */
  onReject: (row: Row, reason: string) => void
  /** Called after every batch of rows. */
  onProgress: (summary: ImportSummary) => void
  /** Aborts the import, which then changes nothing. */
  signal: AbortSignal
  /** The share of rows that may look damaged, in percent. */
  maxDamage?: number
  /** Only reports what the import would do. */
  dryRun?: boolean
}

/**
 * Imports the rows of a TAC database into the catalogue: all of them at once, or none. Importing the same
 * rows again changes nothing. A TAC that the file lists twice for different models keeps the first.
 *
 * Throws `SetupError` for a file that looks damaged, and when `signal` aborts the import.
 */
export async function importCatalogue(
  context: Context,
  rows: AsyncIterable<Row>,
  options: ImportOptions,
): Promise<Imported> {
  const { db } = context
  const { signal, onProgress } = options
  const staging = await openStaging(db)
  try {
    const stager = createStager(db, staging, options)
    await stageAll(rows, stager, options)
    throwIfInterrupted(signal)
    rejectDamaged(stager.summary.rows, stager.damage, options.maxDamage ?? MAX_DAMAGE)
    await settleTypes(staging)
    const result = await finish(context, staging, stager, options)
    onProgress(result.summary)
    return result
  } finally {
    staging.close()
  }
}

async function stageAll(
  rows: AsyncIterable<Row>,
  stager: Stager,
  { onProgress, signal }: ImportOptions,
): Promise<void> {
  let batch: Row[] = []
  async function stageBatch(): Promise<void> {
    await stager.stage(batch)
    batch = []
    onProgress(stager.summary)
  }
  try {
    for await (const row of rows) {
      batch.push(row)
      if (batch.length >= BATCH_ROWS) await stageBatch()
      if (signal.aborted) return
    }
  } catch (error) {
    // An abort can also end the source, which then throws.
    if (!signal.aborted) throw error
  }
  if (batch.length > 0) await stageBatch()
}

async function finish(
  { db, newId }: Context,
  staging: Scratch,
  { summary, damage }: Stager,
  { source, dryRun = false, signal }: ImportOptions,
): Promise<Imported> {
  const brands = await countBrands(staging)
  await prepareOutcomes(staging)
  for (;;) {
    const version = await findVersion(db)
    const { outcomes, models } = await determineOutcomes(db, staging, source)
    const examples: Imported['examples'] = {}
    for (const outcome of OUTCOMES) {
      if (outcome !== 'unchanged') examples[outcome] = await listExamples(staging, outcome, EXAMPLES)
    }
    const result = {
      summary: { ...summary, ...outcomes, unchanged: outcomes.unchanged + summary.unchanged },
      damage,
      models,
      brands,
      conflicts: {
        tacs: await countConflicts(staging, source),
        examples: await listConflicts(staging, source, EXAMPLES),
      },
      examples,
    }
    // Let the event loop deliver a pending interrupt: the comparison does not yield.
    await nextTurn()
    throwIfInterrupted(signal)
    // If the catalogue was changed meanwhile, the import is compared with it again.
    if (dryRun || (await publish(staging, () => newId('dmd').id, { source, version, signal }))) return result
  }
}
