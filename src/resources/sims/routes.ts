import { exportAll } from '../../bulk/export.ts'
import { respondImport } from '../../bulk/respond.ts'
import { respondExport } from '../../http/request/export.ts'
import { objectRoute, type Route, route } from '../../http/route.ts'
import { sims } from './bulk.ts'
import {
  SimsCount,
  SimsCreate,
  SimsDelete,
  SimsExport,
  SimsImport,
  SimsList,
  SimsRetrieve,
  SimsSearch,
  SimsUpdate,
} from './schema.ts'
import { countSims, createSim, getSim, listSims, removeSim, searchSims, updateSim } from './sims.ts'

export const simRoutes: readonly Route[] = [
  route(SimsCreate, ({ context, caller, body }) => createSim(context, caller, body)),
  route(SimsList, ({ context, caller, query }) => listSims(context, caller, query)),
  route(SimsSearch, ({ context, caller, body }) => searchSims(context, caller, body)),
  route(SimsCount, ({ context, caller, query }) => countSims(context, caller, query)),
  objectRoute(SimsRetrieve, getSim, ({ found }) => found),
  objectRoute(SimsUpdate, getSim, ({ context, caller, params, body, precondition }) =>
    updateSim(context, caller, params.sim, body, precondition),
  ),
  objectRoute(SimsDelete, getSim, ({ context, caller, params, precondition }) =>
    removeSim(context, caller, params.sim, precondition),
  ),
  route(SimsImport, (call) => respondImport(call, sims)),
  route(SimsExport, ({ context, caller, query, streaming }) =>
    respondExport(streaming, query, (format, write) => exportAll(context.db, caller, sims, format, write)),
  ),
]
