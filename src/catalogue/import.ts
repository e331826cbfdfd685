import type { Queries } from '../db/port.ts'
import { brandKey, toSimTypesText } from '../resources/device-models/device-models.ts'
import type { Registry } from '../resources/registry.ts'
import type { Entry, Row } from './entry.ts'
import * as store from './store.ts'

/** Where a TAC's model was learned from. A higher rank corrects a lower one and never the reverse. */
export const SOURCE_RANKS = { osmocom: 1, starter: 2, csv: 3 } as const
export type Source = keyof typeof SOURCE_RANKS

/** How many rows share a transaction: some tens of milliseconds, so that a running server's writes hardly wait. */
const BATCH_ROWS = 1_000

/** What became of the rows; all but `rows` add up to `rows`. */
export interface ImportSummary {
  rows: number
  added: number
  changed: number
  unchanged: number
  /** Left as they were, because a source of higher rank says otherwise. */
  outranked: number
  rejected: number
}

export interface ImportOptions {
  source: Source
  /** Called for every row that is not taken. */
  onReject: (row: Row, reason: string) => void
  /** Called after every batch. */
  onProgress: (summary: ImportSummary) => void
  /** Ends the import; what was read until then is taken and stays, and running it again goes on. */
  signal: AbortSignal
}

type Outcome = 'added' | 'changed' | 'unchanged' | 'outranked' | { reason: string }

/**
 * Takes the rows of a TAC database into the catalogue, one transaction a batch. Taking the same rows again changes
 * nothing. A TAC that the file gives twice for different models keeps the first.
 */
export async function importCatalogue(
  registry: Registry,
  rows: AsyncIterable<Row>,
  { source, onReject, onProgress, signal }: ImportOptions,
): Promise<ImportSummary> {
  const summary: ImportSummary = { rows: 0, added: 0, changed: 0, unchanged: 0, outranked: 0, rejected: 0 }
  const takeEntry = createTaker(registry, source)
  let batch: Row[] = []

  async function takeBatch(): Promise<void> {
    const outcomes = await registry.db.transaction(async (tx) => {
      const results: Outcome[] = []
      for (const row of batch) results.push(await takeRow(tx, row))
      return results
    })
    outcomes.forEach((outcome, position) => {
      summary.rows += 1
      if (typeof outcome === 'string') {
        summary[outcome] += 1
      } else {
        summary.rejected += 1
        onReject(batch[position] as Row, outcome.reason)
      }
    })
    batch = []
    onProgress(summary)
  }

  async function takeRow(tx: Queries, { result, line }: Row): Promise<Outcome> {
    return 'reason' in result ? result : takeEntry(tx, result, line)
  }

  try {
    for await (const row of rows) {
      batch.push(row)
      if (batch.length >= BATCH_ROWS) await takeBatch()
      if (signal.aborted) break
    }
  } catch (error) {
    // Whoever aborts may also have ended a source that gave nothing more.
    if (!signal.aborted) throw error
  }
  if (batch.length > 0) await takeBatch()
  return summary
}

function createTaker({ newId }: Registry, source: Source) {
  /** The line and model of every TAC that this import has seen. */
  const seen = new Map<string, { line: number; modelId: string }>()
  /** What this import has said of each model, and on which line first. */
  const said = new Map<string, { line: number } & Pick<Entry, 'type' | 'simTypes'>>()

  return async (tx: Queries, entry: Entry, line: number): Promise<Outcome> => {
    const known = await store.findTac(tx, entry.tac)
    const before = seen.get(entry.tac)
    if (before !== undefined && before.modelId !== (await findModelOf(tx, entry))?.id) {
      return { reason: `line ${before.line} gives TAC ${entry.tac} for another model` }
    }
    if (known !== undefined && SOURCE_RANKS[known.source as Source] > SOURCE_RANKS[source]) {
      return (await findModelOf(tx, entry))?.id === known.model_id ? 'unchanged' : 'outranked'
    }
    const contradiction = contradictsEarlierRow(entry, line)
    if (contradiction !== undefined) return { reason: contradiction }
    const { modelId, kinds } = await putModel(tx, entry)
    seen.set(entry.tac, { line, modelId })
    if (known?.model_id !== modelId || known.source !== source) await store.putTac(tx, entry.tac, modelId, source)
    if (known === undefined) return 'added'
    return known.model_id !== modelId ? 'changed' : kinds
  }

  /** Why a row cannot stand beside an earlier one of the same model: else the last would win, and the next import again. */
  function contradictsEarlierRow({ brand, name, type, simTypes }: Entry, line: number): string | undefined {
    const model = `${brandKey(brand)}\0${nameKey(name)}`
    const earlier = said.get(model)
    for (const [what, own, others] of [
      ['type', type, earlier?.type],
      ['SIM types', simTypes?.join('+'), earlier?.simTypes?.join('+')],
    ] as const) {
      if (own !== undefined && others !== undefined && own !== others) {
        return `line ${earlier?.line} gives other ${what} for ${brand} ${name}: variants need names of their own`
      }
    }
    said.set(model, { line, ...earlier, ...(type ? { type } : {}), ...(simTypes ? { simTypes } : {}) })
    return undefined
  }

  /** The model that an entry names, made where there is none, and what became of its type and SIM types. */
  async function putModel(
    tx: Queries,
    entry: Entry,
  ): Promise<{ modelId: string; kinds: 'changed' | 'unchanged' | 'outranked' }> {
    const found = await findModelOf(tx, entry)
    const simTypes = entry.simTypes && toSimTypesText(entry.simTypes)
    if (found === undefined) {
      const key = brandKey(entry.brand)
      const brand = { key, text: (await store.findBrand(tx, key)) ?? entry.brand }
      const { id } = newId('dmd')
      const model: store.ModelRow = { id, type: entry.type ?? 'other', sim_types: simTypes ?? '[]' }
      await store.insertModel(tx, model, brand, { key: nameKey(entry.name), text: entry.name })
      return { modelId: id, kinds: 'changed' }
    }
    const modelId = found.id
    const said = { id: modelId, type: entry.type ?? found.type, sim_types: simTypes ?? found.sim_types }
    if (isSameKind(said, found)) return { modelId, kinds: 'unchanged' }
    const better = (await isOutranked(tx, modelId)) ? { ...found, ...unknownKinds(found, said) } : said
    if (isSameKind(better, found)) return { modelId, kinds: 'outranked' }
    await store.updateModel(tx, better)
    return { modelId, kinds: 'changed' }
  }

  /** Whether a source of higher rank has spoken of a model. */
  async function isOutranked(tx: Queries, modelId: string): Promise<boolean> {
    const sources = await store.findModelSources(tx, modelId)
    return sources.some((other) => SOURCE_RANKS[other as Source] > SOURCE_RANKS[source])
  }

  function findModelOf(tx: Queries, { brand, name }: Entry) {
    return store.findModel(tx, brandKey(brand), nameKey(name))
  }
}

function isSameKind(a: store.ModelRow, b: store.ModelRow): boolean {
  return a.type === b.type && a.sim_types === b.sim_types
}

/** What a source of lower rank may add to a model: only what nobody knows yet. */
function unknownKinds(found: store.ModelRow, said: store.ModelRow): Partial<store.ModelRow> {
  return {
    ...(found.type === 'other' ? { type: said.type } : {}),
    ...(found.sim_types === '[]' ? { sim_types: said.sim_types } : {}),
  }
}

function nameKey(name: string): string {
  return name.toLowerCase()
}
