import { devicesCreate } from '../generated/kubb/clients/devicesCreate'
import { devicesDelete } from '../generated/kubb/clients/devicesDelete'
import { devicesList } from '../generated/kubb/clients/devicesList'
import { devicesRetrieve } from '../generated/kubb/clients/devicesRetrieve'
import { IMEI, runFlow } from './flow'

/** Kubb's client sends NDJSON as a JSON string, so it cannot import. */
export function run(baseURL: string, token: string): Promise<void> {
  // Its client sets no content type for JSON.
  const config = { baseURL, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } }
  return runFlow({
    create: async () => (await devicesCreate('demo', { imei: IMEI }, undefined, config)).id,
    async list() {
      const { items } = await devicesList(
        'demo',
        { brand: ['Apple', 'Samsung'], type: ['smartphone', 'tablet'] },
        config,
      )
      return items.map(({ id }) => id)
    },
    retrieve: async (device) => (await devicesRetrieve('demo', device, undefined, config)).imei,
    remove: (device) => devicesDelete('demo', device, undefined, config),
  })
}
