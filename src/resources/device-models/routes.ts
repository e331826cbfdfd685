import { objectRoute, type Route, route } from '../../http/route.ts'
import {
  checkDeviceModel,
  getDeviceModel,
  getDeviceModelCatalogue,
  listDeviceModelBrands,
  listDeviceModels,
  searchDeviceModels,
} from './device-models.ts'
import {
  DeviceModelBrandsList,
  DeviceModelCatalogueRetrieve,
  DeviceModelsCheck,
  DeviceModelsList,
  DeviceModelsRetrieve,
  DeviceModelsSearch,
} from './schema.ts'

/** The catalogue. It belongs to no project, and the API only reads it. */
export const deviceModelRoutes: readonly Route[] = [
  route(DeviceModelBrandsList, ({ context }) => listDeviceModelBrands(context)),
  route(DeviceModelCatalogueRetrieve, ({ context }) => getDeviceModelCatalogue(context)),
  route(DeviceModelsList, ({ context, query }) => listDeviceModels(context, query)),
  route(DeviceModelsSearch, ({ context, body }) => searchDeviceModels(context, body)),
  route(DeviceModelsCheck, ({ context, body }) => checkDeviceModel(context, body)),
  objectRoute(DeviceModelsRetrieve, getDeviceModel, ({ found }) => found),
]
