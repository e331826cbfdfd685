import { exportFleet } from '../../bulk/export.ts'
import { sims } from '../../bulk/kinds.ts'
import { keyOnly } from '../../http/caller.ts'
import { answerExport } from '../../http/export.ts'
import { type Api, pathObject } from '../../http/operation.ts'
import { SimsCreate, SimsDelete, SimsExport, SimsList, SimsRetrieve, SimsSearch, SimsUpdate } from './schema.ts'
import { createSim, getSim, listSims, removeSim, searchSims, updateSim } from './sims.ts'

/** SIMs, in the scope that has found the project. */
export function simRoutes(api: Api): void {
  const onRequest = pathObject('sim', getSim)

  api.post('/sims', { schema: SimsCreate, preValidation: keyOnly }, ({ registry, caller, body }) =>
    createSim(registry, caller, body),
  )
  api.get('/sims', { schema: SimsList }, ({ registry, caller, query }) => listSims(registry, caller, query))
  api.get('/sims/export', { schema: SimsExport }, ({ registry, caller, query, streaming }) =>
    answerExport(streaming, query, (format, write) => exportFleet(registry.db, caller, sims, format, write)),
  )
  api.post('/sims/search', { schema: SimsSearch }, ({ registry, caller, body }) => searchSims(registry, caller, body))
  api.get('/sims/:sim', { schema: SimsRetrieve, onRequest }, ({ found }) => found)
  api.patch(
    '/sims/:sim',
    { schema: SimsUpdate, onRequest, preValidation: keyOnly },
    ({ registry, caller, params, body, precondition }) => updateSim(registry, caller, params.sim, body, precondition),
  )
  api.delete(
    '/sims/:sim',
    { schema: SimsDelete, onRequest, preValidation: keyOnly },
    ({ registry, caller, params, precondition }) => removeSim(registry, caller, params.sim, precondition),
  )
}
