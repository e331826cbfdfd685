import { readIdentity } from '../../src/catalogue/formats/entry.ts'
import type { Kinds } from '../../src/catalogue/formats/kinds.ts'
import { importCatalogue } from '../../src/catalogue/import/import.ts'
import type { Context } from '../../src/context.ts'

/** A model of the catalogue and one of its TACs. */
export interface Model extends Kinds {
  tac: string
  brand: string
  name: string
}

/** Imports models into the catalogue in the given order, since the API itself cannot write to it. */
export async function importModels(context: Context, models: readonly Model[]): Promise<void> {
  async function* rows() {
    for (const [position, { tac, brand, name, ...kinds }] of models.entries()) {
      yield { line: position + 1, cells: [tac], result: { ...readIdentity(tac, brand, name), ...kinds } }
    }
  }
  await importCatalogue(context, rows(), {
    source: 'csv',
    onReject: ({ cells }, reason) => {
      throw new Error(`${cells[0]}: ${reason}`)
    },
    onProgress: () => {},
    signal: new AbortController().signal,
  })
}
