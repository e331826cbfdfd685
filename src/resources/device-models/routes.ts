import { type Api, pathObject } from '../../http/operation.ts'
import type { Registry } from '../registry.ts'
import { getDeviceModel, listDeviceModelBrands, listDeviceModels, searchDeviceModels } from './device-models.ts'
import { DeviceModelBrandsList, DeviceModelsList, DeviceModelsRetrieve, DeviceModelsSearch } from './schema.ts'

/** The catalogue, which belongs to no project and is read-only here. */
export function deviceModelRoutes(api: Api, registry: Registry): void {
  const onRequest = pathObject('deviceModel', (_caller, id) => getDeviceModel(registry, id))

  api.get('/deviceModelBrands', { schema: DeviceModelBrandsList }, () => listDeviceModelBrands(registry))
  api.get('/deviceModels', { schema: DeviceModelsList }, ({ query }) => listDeviceModels(registry, query))
  api.post('/deviceModels/search', { schema: DeviceModelsSearch }, ({ body }) => searchDeviceModels(registry, body))
  api.get('/deviceModels/:deviceModel', { schema: DeviceModelsRetrieve, onRequest }, ({ found }) => found)
}
