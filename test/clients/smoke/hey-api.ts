import { devicesCreate, devicesDelete, devicesImport, devicesList, devicesRetrieve } from '../generated/hey-api'
import { createClient } from '../generated/hey-api/client'
import { IMEI, LINE, runFlow } from './flow'

export function run(baseUrl: string, token: string): Promise<void> {
  const client = createClient({ baseUrl, auth: token })
  const project = 'demo'
  return runFlow({
    create: async () => (await devicesCreate({ client, path: { project }, body: { imei: IMEI } })).data?.id,
    async list() {
      const query = { brand: ['Apple', 'Samsung'], type: ['smartphone', 'tablet'] as ('smartphone' | 'tablet')[] }
      const { data } = await devicesList({ client, path: { project }, query })
      return data?.items.map(({ id }) => id) ?? []
    },
    retrieve: async (device) => (await devicesRetrieve({ client, path: { project, device } })).data?.imei,
    remove: (device) => devicesDelete({ client, path: { project, device } }),
    importLines: async () =>
      (await devicesImport({ client, path: { project }, body: LINE, bodySerializer: null, parseAs: 'text' })).data,
  })
}
