import type { Caller } from '../../caller.ts'
import type { Registry } from '../../context.ts'
import { SIM_TYPES } from '../../contract/model.ts'
import type { Queries } from '../../db/port.ts'
import { toIccid } from '../../domain/iccid.ts'
import { type ImportOutcome, type ImportRules, importOneByOne } from '../import-outcome.ts'
import type { ImportSim } from './schema.ts'
import { createSim, updateSim } from './sims.ts'
import * as store from './store.ts'

/** Takes SIMs into a project, each by its ICCID; gives an outcome for each row. The type of one that is there stays. */
export function importSims(
  registry: Registry,
  tx: Queries,
  caller: Caller,
  rows: readonly ImportSim[],
  rules: ImportRules,
): Promise<ImportOutcome[]> {
  const verbs = {
    create: (within: Registry, sim: ImportSim) => createSim(within, caller, sim),
    codeOfPresent: 'simAlreadyExists' as const,
    find: async (db: Queries, { iccid }: ImportSim) =>
      (await store.searchSims(db, caller.project.id, toIccid(iccid), SIM_TYPES, null))[0],
    changeable: ({ iccid: _iccid, id: _id, type: _type, ...rest }: ImportSim) => rest,
    fixed: ({ type }: ImportSim) => ({ type }),
    update: (within: Registry, id: string, changes: object) => updateSim(within, caller, id, changes, null),
  }
  return importOneByOne(registry, tx, rows, verbs, rules)
}
