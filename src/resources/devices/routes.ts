import { type Api, pathObject } from '../../http/operation.ts'
import type { Registry } from '../registry.ts'
import { createDevice, getDevice, listDevices, removeDevice, searchDevices, updateDevice } from './devices.ts'
import { DevicesCreate, DevicesDelete, DevicesList, DevicesRetrieve, DevicesSearch, DevicesUpdate } from './schema.ts'

/** Devices, in the scope that has found the project. */
export function deviceRoutes(api: Api, registry: Registry): void {
  const onRequest = pathObject('device', (caller, id) => getDevice(registry.db, caller, id))

  api.post('/devices', { schema: DevicesCreate }, ({ caller, body }) => createDevice(registry, caller, body))
  api.get('/devices', { schema: DevicesList }, ({ caller, query }) => listDevices(registry, caller, query))
  api.post('/devices/search', { schema: DevicesSearch }, ({ caller, body }) => searchDevices(registry, caller, body))
  api.get('/devices/:device', { schema: DevicesRetrieve, onRequest }, ({ found }) => found)
  api.patch('/devices/:device', { schema: DevicesUpdate, onRequest }, ({ caller, params, body }) =>
    updateDevice(registry, caller, params.device, body),
  )
  api.delete('/devices/:device', { schema: DevicesDelete, onRequest }, ({ caller, params }) =>
    removeDevice(registry, caller, params.device),
  )
}
