import { Api } from '../generated/swagger-typescript-api'
import { IMEI, runFlow } from './flow'

/** Its client sends four media types only, none of which is NDJSON, so it cannot import. */
export function run(baseUrl: string, token: string): Promise<void> {
  const { projects } = new Api({
    baseUrl,
    baseApiParams: { headers: { authorization: `Bearer ${token}` }, format: 'json' },
  })
  return runFlow({
    create: async () => (await projects.devicesCreate('demo', { imei: IMEI })).data.id,
    async list() {
      const { data } = await projects.devicesList('demo', {
        brand: ['Apple', 'Samsung'],
        type: ['smartphone', 'tablet'],
      })
      return data.items.map(({ id }) => id)
    },
    retrieve: async (device) => (await projects.devicesRetrieve('demo', device)).data.imei,
    remove: (device) => projects.devicesDelete('demo', device),
  })
}
