import { devicesCreate, devicesDelete, devicesList, devicesRetrieve } from '../generated/orval'
import { IMEI, runFlow } from './flow'

/** Orval's client sends NDJSON as a JSON string, so it cannot import. */
export function run(baseUrl: string, token: string): Promise<void> {
  const plain = globalThis.fetch
  globalThis.fetch = (path, options) => plain(baseUrl + String(path), options)
  const options = { headers: { authorization: `Bearer ${token}` } }
  return runFlow({
    async create() {
      const { status, data } = await devicesCreate('demo', { imei: IMEI }, options)
      return status === 201 ? data.id : undefined
    },
    async list() {
      const query = { brand: ['Apple', 'Samsung'], type: ['smartphone', 'tablet'] as ('smartphone' | 'tablet')[] }
      const { status, data } = await devicesList('demo', query, options)
      return status === 200 ? data.items.map(({ id }) => id) : []
    },
    async retrieve(device) {
      const { status, data } = await devicesRetrieve('demo', device, options)
      return status === 200 ? data.imei : undefined
    },
    remove: (device) => devicesDelete('demo', device, options),
  }).finally(() => {
    globalThis.fetch = plain
  })
}
