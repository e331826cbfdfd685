import { exportAll } from '../../bulk/export.ts'
import { respondImport } from '../../bulk/respond.ts'
import { respondExport } from '../../http/request/export.ts'
import { objectRoute, type Route, route } from '../../http/route.ts'
import { devices } from './bulk.ts'
import {
  countListedDevices,
  createDevice,
  getDevice,
  listDevices,
  removeDevice,
  requireChangeableDevice,
  searchDevices,
  updateDevice,
} from './devices.ts'
import { replaceDevice } from './replacement.ts'
import {
  DevicesCount,
  DevicesCreate,
  DevicesDelete,
  DevicesExport,
  DevicesImport,
  DevicesList,
  DevicesReplace,
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
  route(DevicesCount, ({ context, caller, query }) => countListedDevices(context, caller, query)),
  route(DevicesStatistics, ({ context, caller }) => countDevices(context, caller)),
  objectRoute(DevicesRetrieve, getDevice, ({ found }) => found),
  objectRoute(DevicesUpdate, requireChangeableDevice, ({ context, caller, params, body, precondition }) =>
    updateDevice(context, caller, params.device, body, precondition),
  ),
  objectRoute(DevicesDelete, getDevice, ({ context, caller, params, precondition }) =>
    removeDevice(context, caller, params.device, precondition),
  ),
  objectRoute(DevicesReplace, getDevice, ({ context, caller, params, body }) =>
    replaceDevice(context, caller, params.device, body),
  ),
  route(DevicesImport, (call) => respondImport(call, devices)),
  route(DevicesExport, ({ context, caller, query, streaming }) =>
    respondExport(streaming, query, (format, write) => exportAll(context.db, caller, devices, format, write)),
  ),
]
