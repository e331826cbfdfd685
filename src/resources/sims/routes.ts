import { type Api, pathObject } from '../../http/operation.ts'
import type { Registry } from '../registry.ts'
import { SimsCreate, SimsDelete, SimsList, SimsRetrieve, SimsSearch, SimsUpdate } from './schema.ts'
import { createSim, getSim, listSims, removeSim, searchSims, updateSim } from './sims.ts'

/** SIMs, in the scope that has found the project. */
export function simRoutes(api: Api, registry: Registry): void {
  const onRequest = pathObject('sim', (caller, id) => getSim(registry.db, caller, id))

  api.post('/sims', { schema: SimsCreate }, ({ caller, body }) => createSim(registry, caller, body))
  api.get('/sims', { schema: SimsList }, ({ caller, query }) => listSims(registry, caller, query))
  api.post('/sims/search', { schema: SimsSearch }, ({ caller, body }) => searchSims(registry, caller, body))
  api.get('/sims/:sim', { schema: SimsRetrieve, onRequest }, ({ found }) => found)
  api.patch('/sims/:sim', { schema: SimsUpdate, onRequest }, ({ caller, params, body }) =>
    updateSim(registry, caller, params.sim, body),
  )
  api.delete('/sims/:sim', { schema: SimsDelete, onRequest }, ({ caller, params }) =>
    removeSim(registry, caller, params.sim),
  )
}
