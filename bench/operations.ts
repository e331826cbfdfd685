import { type Ask, IMEI, NUMBER } from './load.ts'
import { type Filled, idOf, idStart, type Tenant } from './store.ts'

/** Devices that are requested repeatedly, by clients that poll. */
export const HOT_DEVICES = 2_000

/** Projects whose keys are used. */
const ASKING_TENANTS = 1_000

/** Devices before the page that is compared with the first pages: 10,000 pages. */
const DEEP = 100_000

/** Devices whose pages are requested, at both depths; more than a server would cache responses for. */
const CURSORS = 10_000

/** The first word of new names: another in each run, because on a store of an earlier run the old name would change nothing. */
const NEW_NAME = `Renamed${Date.now()}`

/** The measured operations, by name, in the order of the table. */
export const OPERATIONS = [
  'GET, any device',
  'GET, one of 2,000',
  'GET, 304',
  'list of 10, any page',
  'list of 10, 10,000 pages deep',
  'list of 10, the first page',
  'list of 200',
  'device search',
  'model search',
  'create',
  'PATCH',
  'mixed, 90 % reads',
] as const
export type Operation = (typeof OPERATIONS)[number]

export type Asks = Readonly<Partial<Record<Operation, readonly Ask[] | undefined>>>

/** Operations that are compared with another operation of the same side, and take turns with it. */
export const COMPARED: Readonly<Partial<Record<Operation, Operation>>> = {
  'list of 10, 10,000 pages deep': 'list of 10, any page',
}

/** A mix of nine reads and searches to one write. */
export function mixOf(asks: Asks): readonly Ask[] {
  const {
    'GET, any device': get = [],
    'list of 10, the first page': list = [],
    'device search': search = [],
    'model search': models = [],
  } = asks
  const reads = [get, get, get, get, get, list, search, search, models].flat()
  return [...reads, ...(asks.create ?? []), ...reads, ...(asks.PATCH ?? [])]
}

/** The operations in the Devices API. `tags` are the entity tags of devices of the first project, by their numbers. */
export function deviceApiAsks({ tenants: all, devices }: Filled, tags: ReadonlyMap<number, string>): Asks {
  const tenants = all.slice(0, ASKING_TENANTS)
  const hot = Math.max(1, Math.min(devices, Math.floor(HOT_DEVICES / tenants.length)))
  const each = (make: (paths: Paths) => Ask) => tenants.map((tenant) => asked(tenant, make(pathsOf(tenant))))
  const get = (among: number) => each(({ device }) => ({ method: 'GET', path: device, among }))
  const list = (limit: number) => each(({ list }) => ({ method: 'GET', path: `${list}?limit=${limit}`, among: 1 }))
  const pages = (before: number) =>
    devices < before + CURSORS
      ? undefined
      : each(({ list, idOfAny }) => {
          const path = `${list}?limit=10&after=${idOfAny}`
          return { method: 'GET', path, among: CURSORS, from: devices - before - CURSORS }
        })
  const body = `{"imei":"${IMEI}"}`
  const [first] = tenants as [Tenant]
  const tagged = [...tags].map(([number, tag]) => {
    const path = `${pathsOf(first).list}/${idOf('dev', first.tag, number)}`
    return asked(first, { method: 'GET', path, headers: { 'if-none-match': tag }, among: 1 })
  })
  const asks = {
    'GET, any device': get(devices),
    'GET, one of 2,000': get(hot),
    ...(tags.size > 0 ? { 'GET, 304': tagged } : {}),
    'list of 10, any page': pages(0),
    'list of 10, 10,000 pages deep': pages(DEEP),
    'list of 10, the first page': list(10),
    'list of 200': list(200),
    'device search': each(({ list }) => ({ method: 'POST', path: `${list}/search`, body, among: devices })),
    'model search': each(() => ({ method: 'POST', path: '/deviceModels/search', body, among: devices })),
    create: each(({ list }) => ({ method: 'POST', path: list, body: `{"imei":"${IMEI}","name":"Phone ${NUMBER}"}` })),
    PATCH: each(({ device }) => {
      return { method: 'PATCH', path: device, body: `{"name":"${NEW_NAME} ${NUMBER}"}`, among: devices }
    }),
  } satisfies Asks
  return { ...asks, 'mixed, 90 % reads': mixOf(asks) }
}

interface Paths {
  list: string
  device: string
  idOfAny: string
}

function pathsOf({ id, tag }: Tenant): Paths {
  const list = `/projects/${id}/devices`
  const idOfAny = `${idStart('dev', tag)}000${NUMBER}`
  return { list, device: `${list}/${idOfAny}`, idOfAny }
}

function asked({ token }: Tenant, ask: Ask): Ask {
  return { ...ask, headers: { authorization: `Bearer ${token}`, ...ask.headers } }
}
