import { exportAll } from '../../bulk/export.ts'
import { createImporter } from '../../bulk/importer.ts'
import { ndjsonInput } from '../../bulk/input.ts'
import { importResults } from '../../bulk/results.ts'
import type { Streaming } from '../../http/exchange.ts'
import { respondExport } from '../../http/request/export.ts'
import { objectRoute, type Route, route } from '../../http/route.ts'
import { devices } from './bulk.ts'
import {
  createDevice,
  getDevice,
  listDevices,
  removeDevice,
  requireChangeableDevice,
  searchDevices,
  updateDevice,
} from './devices.ts'
import {
  DevicesCreate,
  DevicesDelete,
  DevicesExport,
  DevicesImport,
  DevicesList,
  DevicesRetrieve,
  DevicesSearch,
  DevicesStatistics,
  DevicesUpdate,
} from './schema.ts'
import { countDevices } from './statistics.ts'

export const deviceRoutes: readonly Route[] = [
  route(DevicesCreate, ({ context, caller, body }) => createDevice(context, caller, body)),
  route(DevicesList, ({ context, caller, query }) => listDevices(context, caller, query)),
  route(DevicesSearch, ({ context, caller, body }) => searchDevices(context, caller, body)),
  route(DevicesStatistics, ({ context, caller }) => countDevices(context, caller)),
  objectRoute(DevicesRetrieve, getDevice, ({ found }) => found),
  objectRoute(DevicesUpdate, requireChangeableDevice, ({ context, caller, params, body, precondition }) =>
    updateDevice(context, caller, params.device, body, precondition),
  ),
  objectRoute(DevicesDelete, getDevice, ({ context, caller, params, precondition }) =>
    removeDevice(context, caller, params.device, precondition),
  ),
  route(DevicesImport, ({ context, caller, streaming }) => {
    const { pieces, respond } = streaming as Streaming
    const importer = createImporter(context, caller, devices, { update: false })
    return respond((fail) => importResults(ndjsonInput(pieces()), importer, fail))
  }),
  route(DevicesExport, ({ context, caller, query, streaming }) =>
    respondExport(streaming, query, (format, write) => exportAll(context.db, caller, devices, format, write)),
  ),
]
