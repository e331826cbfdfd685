import { objectRoute, type Route, route } from '../../http/route.ts'
import { getDeviceModel, listDeviceModelBrands, listDeviceModels, searchDeviceModels } from './device-models.ts'
import { DeviceModelBrandsList, DeviceModelsList, DeviceModelsRetrieve, DeviceModelsSearch } from './schema.ts'

/** The catalogue. It belongs to no project, and the API only reads it. */
export const deviceModelRoutes: readonly Route[] = [
  route(DeviceModelBrandsList, ({ context }) => listDeviceModelBrands(context)),
  route(DeviceModelsList, ({ context, query }) => listDeviceModels(context, query)),
  route(DeviceModelsSearch, ({ context, body }) => searchDeviceModels(context, body)),
  objectRoute(DeviceModelsRetrieve, getDeviceModel, ({ found }) => found),
]
