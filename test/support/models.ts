import type { Entry } from '../../src/catalogue/entry.ts'
import { importCatalogue } from '../../src/catalogue/import.ts'
import type { Registry } from '../../src/resources/registry.ts'

/** Takes models into the catalogue, in the order given: the API itself cannot write there. */
export async function importModels(registry: Registry, entries: readonly Entry[]): Promise<void> {
  async function* rows() {
    for (const [position, result] of entries.entries()) yield { line: position + 1, text: result.tac, result }
  }
  await importCatalogue(registry, rows(), {
    source: 'csv',
    onReject: ({ text }, reason) => {
      throw new Error(`${text}: ${reason}`)
    },
    onProgress: () => {},
    signal: new AbortController().signal,
  })
}
