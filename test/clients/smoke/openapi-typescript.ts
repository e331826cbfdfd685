import createClient from 'openapi-fetch'
import type { paths } from '../generated/openapi-typescript'
import { IMEI, LINE, runFlow } from './flow'

export function run(baseUrl: string, token: string): Promise<void> {
  const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } })
  const path = (device: string) => ({ path: { project: 'demo', device } })
  return runFlow({
    async create() {
      const params = { path: { project: 'demo' } }
      return (await client.POST('/projects/{project}/devices', { params, body: { imei: IMEI } })).data?.id
    },
    async list() {
      const query = { brand: ['Apple', 'Samsung'], type: ['smartphone', 'tablet'] as ('smartphone' | 'tablet')[] }
      const { data } = await client.GET('/projects/{project}/devices', { params: { path: { project: 'demo' }, query } })
      return data?.items.map(({ id }) => id) ?? []
    },
    retrieve: async (device) =>
      (await client.GET('/projects/{project}/devices/{device}', { params: path(device) })).data?.imei,
    remove: (device) => client.DELETE('/projects/{project}/devices/{device}', { params: path(device) }),
    importLines: async () =>
      (
        await client.POST('/projects/{project}/devices/import', {
          params: { path: { project: 'demo' } },
          body: LINE,
          bodySerializer: (body) => body,
          headers: { 'content-type': 'application/x-ndjson' },
          parseAs: 'text',
        })
      ).data,
  })
}
