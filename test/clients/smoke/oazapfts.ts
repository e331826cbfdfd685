import { defaults, devicesCreate, devicesDelete, devicesList, devicesRetrieve } from '../generated/oazapfts'
import { IMEI, runFlow } from './flow'

/** Its client reads NDJSON as JSON, so it cannot import. */
export function run(baseUrl: string, token: string): Promise<void> {
  defaults.baseUrl = baseUrl
  defaults.headers = { authorization: `Bearer ${token}` }
  return runFlow({
    async create() {
      const { status, data } = await devicesCreate('demo', { imei: IMEI })
      return status === 201 ? data.id : undefined
    },
    async list() {
      const { status, data } = await devicesList('demo', {
        brand: ['Apple', 'Samsung'],
        $type: ['smartphone', 'tablet'],
      })
      return status === 200 ? data.items.map(({ id }) => id) : []
    },
    async retrieve(device) {
      const response = await devicesRetrieve('demo', device)
      return response.status === 200 ? response.data.imei : undefined
    },
    remove: (device) => devicesDelete('demo', device),
  })
}
