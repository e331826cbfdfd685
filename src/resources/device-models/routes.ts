import { type Api, pathObject } from '../../http/operation.ts'
import { getDeviceModel, listDeviceModelBrands, listDeviceModels, searchDeviceModels } from './device-models.ts'
import { DeviceModelBrandsList, DeviceModelsList, DeviceModelsRetrieve, DeviceModelsSearch } from './schema.ts'

/** The catalogue, which belongs to no project and is read-only here. */
export function deviceModelRoutes(api: Api): void {
  const onRequest = pathObject('deviceModel', getDeviceModel)

  api.get('/deviceModelBrands', { schema: DeviceModelBrandsList }, ({ registry }) => listDeviceModelBrands(registry))
  api.get('/deviceModels', { schema: DeviceModelsList }, ({ registry, query }) => listDeviceModels(registry, query))
  api.post('/deviceModels/search', { schema: DeviceModelsSearch }, ({ registry, body }) =>
    searchDeviceModels(registry, body),
  )
  api.get('/deviceModels/:deviceModel', { schema: DeviceModelsRetrieve, onRequest }, ({ found }) => found)
}
