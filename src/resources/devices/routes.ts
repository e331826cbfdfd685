import type { FastifyRequest } from 'fastify'
import { createTaker } from '../../bulk/batch.ts'
import { exportFleet } from '../../bulk/export.ts'
import { devices } from '../../bulk/kinds.ts'
import { importResults } from '../../bulk/results.ts'
import { keyOnly, ownUserOnly } from '../../http/caller.ts'
import { answerExport } from '../../http/export.ts'
import { type Api, pathObject } from '../../http/operation.ts'
import type { Streaming } from '../../http/streaming.ts'
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

/** Devices, in the scope that has found the project. */
export function deviceRoutes(api: Api): void {
  const onRequest = pathObject('device', getDevice)

  api.post('/devices', { schema: DevicesCreate, preValidation: ownUserOnly }, ({ registry, caller, body }) =>
    createDevice(registry, caller, body),
  )
  api.get('/devices', { schema: DevicesList }, ({ registry, caller, query }) => listDevices(registry, caller, query))
  api.post(
    '/devices/import',
    { schema: DevicesImport, preValidation: keyOnly },
    ({ registry, caller, streaming }: FastifyRequest) => {
      const { pieces, answer } = streaming as Streaming
      return answer(importResults(createTaker(registry, caller, devices, { update: false }), pieces()))
    },
  )
  api.get('/devices/export', { schema: DevicesExport }, ({ registry, caller, query, streaming }) =>
    answerExport(streaming, query, (format, write) => exportFleet(registry.db, caller, devices, format, write)),
  )
  api.get('/devices/statistics', { schema: DevicesStatistics, preValidation: keyOnly }, ({ registry, caller }) =>
    countDevices(registry, caller),
  )
  api.post('/devices/search', { schema: DevicesSearch }, ({ registry, caller, body }) =>
    searchDevices(registry, caller, body),
  )
  api.get('/devices/:device', { schema: DevicesRetrieve, onRequest }, ({ found }) => found)
  api.patch(
    '/devices/:device',
    { schema: DevicesUpdate, onRequest: pathObject('device', requireChangeableDevice), preValidation: ownUserOnly },
    ({ registry, caller, params, body, precondition }) =>
      updateDevice(registry, caller, params.device, body, precondition),
  )
  api.delete('/devices/:device', { schema: DevicesDelete, onRequest }, ({ registry, caller, params, precondition }) =>
    removeDevice(registry, caller, params.device, precondition),
  )
}
