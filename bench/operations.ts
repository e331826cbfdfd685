import { type Ask, IMEI, NUMBER } from './load.ts'
import { type Filled, idOf, type Tenant } from './store.ts'

/** Devices that are asked for again and again: a store of any size has such a set. */
const HOT_DEVICES = 2_000

/** Projects whose keys take part. */
const ASKING_TENANTS = 100

/** The depth of the page that is compared with the first. */
const DEEP = 100_000

/** What is asked of a server, by name, in the order of the table. */
export const OPERATIONS = [
  'GET device',
  'GET device, any of all',
  'GET device, 304',
  'list of 10',
  'list of 200',
  'list of 10, page 10,000',
  'device search',
  'model search',
  'create',
  'PATCH',
  'mixed, 90 % reads',
] as const
export type Operation = (typeof OPERATIONS)[number]

export type Asks = Readonly<Partial<Record<Operation, readonly Ask[]>>>

/** The operations as the Devices API has them; `tags` are the entity tags of devices by number. */
export function deviceApiAsks(filled: Filled, tags: readonly string[]): Asks {
  const tenants = filled.tenants.slice(0, ASKING_TENANTS)
  const hot = Math.max(1, Math.min(filled.devices, Math.floor(HOT_DEVICES / tenants.length)))
  const each = (make: (tenant: Tenant, paths: Paths) => Ask) =>
    tenants.map((tenant) => make(tenant, pathsOf(filled, tenant)))
  const get = (among: number) => each((tenant, { device }) => asked(tenant, { method: 'GET', path: device, among }))
  const list = (query: string) =>
    each((tenant, { devices }) => asked(tenant, { method: 'GET', path: `${devices}?${query}`, among: 1 }))
  const search = (among: number) =>
    each((tenant, { devices }) =>
      asked(tenant, { method: 'POST', path: `${devices}/search`, body: `{"imei":"${IMEI}"}`, among }),
    )
  const models = each((tenant) =>
    asked(tenant, {
      method: 'POST',
      path: '/deviceModels/search',
      body: `{"imei":"${IMEI}"}`,
      among: filled.devices,
    }),
  )
  const create = each((tenant, { devices }) =>
    asked(tenant, { method: 'POST', path: devices, body: `{"imei":"${IMEI}","name":"Phone ${NUMBER}"}` }),
  )
  const patch = each((tenant, { device }) =>
    asked(tenant, { method: 'PATCH', path: device, body: `{"name":"Renamed ${NUMBER}"}`, among: filled.devices }),
  )
  const reads = [
    get(hot),
    get(hot),
    get(hot),
    get(hot),
    get(hot),
    list('limit=10'),
    search(hot),
    search(hot),
    models,
  ].flat()
  const [first] = tenants as [Tenant]
  const tagged = tags.map((tag, number) => {
    const path = `${pathsOf(filled, first).devices}/${idOf('dev', first.tag, number)}`
    return asked(first, { method: 'GET', path, headers: { 'if-none-match': tag }, among: 1 })
  })
  const deep = filled.devices - 1 - DEEP
  return {
    'GET device': get(hot),
    'GET device, any of all': get(filled.devices),
    ...(tags.length > 0 ? { 'GET device, 304': tagged } : {}),
    'list of 10': list('limit=10'),
    'list of 200': list('limit=200'),
    ...(deep > 0 ? { 'list of 10, page 10,000': [deepAsk(filled, first, deep)] } : {}),
    'device search': search(hot),
    'model search': models,
    create,
    PATCH: patch,
    'mixed, 90 % reads': [...reads, ...create, ...reads, ...patch],
  }
}

function deepAsk(filled: Filled, tenant: Tenant, number: number): Ask {
  const { devices } = pathsOf(filled, tenant)
  return asked(tenant, {
    method: 'GET',
    path: `${devices}?limit=10&after=${idOf('dev', tenant.tag, number)}`,
    among: 1,
  })
}

interface Paths {
  devices: string
  device: string
}

function pathsOf(filled: Filled, tenant: Tenant): Paths {
  const devices = `/projects/${tenant.id}/devices`
  return { devices, device: `${devices}/${filled.deviceIdStart(tenant)}000${NUMBER}` }
}

function asked({ token }: Tenant, ask: Ask): Ask {
  return { ...ask, headers: { authorization: `Bearer ${token}`, ...ask.headers } }
}
