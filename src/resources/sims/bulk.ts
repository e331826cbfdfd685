import { kindOf } from '../../bulk/kind.ts'
import { importOneByOne } from '../../bulk/one-by-one.ts'
import type { ImportOutcome, ImportRules } from '../../bulk/outcome.ts'
import type { Caller } from '../../caller.ts'
import type { Context } from '../../context.ts'
import { SIM_TYPES } from '../../contract/device-kinds.ts'
import { jsonObject } from '../../db/json.ts'
import type { Listing } from '../../db/page.ts'
import type { Queries } from '../../db/port.ts'
import { toIccid } from '../../domain/iccid.ts'
import { type CreateSim, ExportedSim, ImportSim } from './schema.ts'
import { createSim, updateSim } from './sims.ts'
import { searchSims } from './store.ts'

const JSON_OF_EXPORTED = jsonObject<ExportedSim>({
  id: 's.id',
  iccid: 's.iccid',
  type: 's.type',
  provider: 's.provider',
  status: 's.status',
  metadata: 'JSON_VALUE(s.metadata)',
})

/** The SIMs of the caller's project, retired ones included, in the form of an export. Only API keys may export. */
function exportedSims({ project }: Caller): Listing {
  return {
    table: 'sims',
    alias: 's',
    joins: '',
    json: JSON_OF_EXPORTED,
    conditions: ['s.project_id = $1'],
    parameters: [project.id],
  }
}

/** Imports SIMs, each identified by its ICCID. The type of a stored SIM cannot change. */
function importSims(
  context: Context,
  tx: Queries,
  caller: Caller,
  rows: readonly ImportSim[],
  rules: ImportRules,
): Promise<ImportOutcome[]> {
  const verbs = {
    create: (within: Context, sim: ImportSim) => createSim(within, caller, sim),
    existsCode: 'simAlreadyExists' as const,
    find: async (db: Queries, { iccid }: ImportSim) =>
      (await searchSims(db, caller.project.id, toIccid(iccid), SIM_TYPES, null))[0],
    changeable: ({ iccid: _iccid, id: _id, type: _type, ...rest }: ImportSim) => rest,
    fixed: ({ type }: ImportSim) => ({ type }),
    update: (within: Context, id: string, changes: object) => updateSim(within, caller, id, changes, null),
  }
  return importOneByOne(context, tx, rows, verbs, rules)
}

/** SIMs as rows of an import or export. */
export const sims = kindOf<ImportSim, ExportedSim, CreateSim>({
  name: 'SIMs',
  schema: ImportSim,
  importRows: importSims,
  identity: ({ iccid }) => toIccid(iccid),
  exported: { schema: ExportedSim, rows: exportedSims },
})
