import { ownUserOnly } from '../../http/caller.ts'
import { type Api, pathObject } from '../../http/operation.ts'
import {
  createDevice,
  getChangeableDevice,
  getDevice,
  listDevices,
  removeDevice,
  searchDevices,
  updateDevice,
} from './devices.ts'
import { DevicesCreate, DevicesDelete, DevicesList, DevicesRetrieve, DevicesSearch, DevicesUpdate } from './schema.ts'

/** Devices, in the scope that has found the project. */
export function deviceRoutes(api: Api): void {
  const onRequest = pathObject('device', getDevice)

  api.post('/devices', { schema: DevicesCreate, preValidation: ownUserOnly }, ({ registry, caller, body }) =>
    createDevice(registry, caller, body),
  )
  api.get('/devices', { schema: DevicesList }, ({ registry, caller, query }) => listDevices(registry, caller, query))
  api.post('/devices/search', { schema: DevicesSearch }, ({ registry, caller, body }) =>
    searchDevices(registry, caller, body),
  )
  api.get('/devices/:device', { schema: DevicesRetrieve, onRequest }, ({ found }) => found)
  api.patch(
    '/devices/:device',
    { schema: DevicesUpdate, onRequest: pathObject('device', getChangeableDevice), preValidation: ownUserOnly },
    ({ registry, caller, params, body, precondition }) =>
      updateDevice(registry, caller, params.device, body, precondition),
  )
  api.delete('/devices/:device', { schema: DevicesDelete, onRequest }, ({ registry, caller, params, precondition }) =>
    removeDevice(registry, caller, params.device, precondition),
  )
}
