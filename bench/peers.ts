import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findFreePort } from '../test/support/postgres.ts'
import { install } from './install.ts'
import { IMEI, NUMBER, TAC } from './load.ts'
import { type Asks, HOT_DEVICES, mixOf } from './operations.ts'
import { start, startModule, untilResponding } from './processes.ts'
import { httpSide, type Range, type Side } from './sides.ts'
import { type Filled, idStart, type Tenant } from './store.ts'

/** The data that Handset serves, for peers to serve too. */
export interface Original {
  filled: Filled
  /** The file of its store, and the port of its server. */
  file: string
  port: number
}

/**
 * The number of devices of a server that holds them all in memory and in one JSON file, which it rewrites for each
 * change.
 */
const JSON_FILE_DEVICES = 10_000

const PRODUCTION = { NODE_ENV: 'production' }

/**
 * Servers from the npm registry that do a part of Handset's work, configured for production: without a log, and with
 * everything that makes them fast. None of them checks a token.
 */
export async function startPeers(range: Range, original: Original): Promise<Side[]> {
  return [await startMock(range, original), await startJsonServer(range, original), await startRemult(range, original)]
}

/**
 * A mock server that returns the examples of Handset's own OpenAPI document. It validates requests and stores nothing.
 */
async function startMock(range: Range, { filled }: Original): Promise<Side> {
  const port = await findFreePort()
  const program = join(install('@stoplight/prism-cli'), 'node_modules/@stoplight/prism-cli/dist/index.js')
  const document = join(import.meta.dirname, '../openapi.json')
  const words = [
    'mock',
    document,
    '--port',
    String(port),
    '--multiprocess',
    'false',
    '--verboseLevel',
    'silent',
    '--cors',
    'false',
  ]
  const { pid = 0 } = start(range.pin, [process.execPath, program, ...words], PRODUCTION, 'ignore')
  await untilResponding(port, '/projects')
  const [{ id, tag }] = filled.tenants as [Tenant]
  const list = `/projects/${id}/devices`
  const device = `${list}/${idStart('dev', tag)}000${NUMBER}`
  // It requires a token and accepts any.
  const headers = { authorization: 'Bearer any' }
  const search = { method: 'POST', headers, body: `{"imei":"${IMEI}"}`, among: filled.devices }
  const asks: Asks = {
    'GET, one of 2,000': [{ method: 'GET', path: device, headers, among: HOT_DEVICES }],
    'GET, any device': [{ method: 'GET', path: device, headers, among: filled.devices }],
    'list of 10, the first page': [{ method: 'GET', path: `${list}?limit=10`, headers, among: 1 }],
    'device search': [{ ...search, path: `${list}/search` }],
    'model search': [{ ...search, path: '/deviceModels/search' }],
    create: [{ method: 'POST', path: list, headers, body: `{"imei":"${IMEI}","name":"Phone ${NUMBER}"}` }],
    PATCH: [{ method: 'PATCH', path: device, headers, body: `{"name":"Renamed ${NUMBER}"}`, among: HOT_DEVICES }],
  }
  const name = 'Prism, a mock of openapi.json'
  return httpSide(range, { name, port, pid, asks: { ...asks, 'mixed, 90 % reads': mixOf(asks) }, next: filled.devices })
}

/** A REST server over a JSON file, with devices as Handset represents them. */
async function startJsonServer(range: Range, { filled, port: from }: Original): Promise<Side> {
  const copies = await readDevices(from, (filled.tenants as [Tenant])[0])
  const devices = copies.length
  const port = await findFreePort()
  const data = join(range.directory, 'json-server.json')
  const deviceModels = copies.map(({ imei, model }) => ({ ...model, id: imei.slice(0, 8) }))
  writeFileSync(data, JSON.stringify({ devices: copies, deviceModels }))
  const program = join(install('json-server'), 'node_modules/json-server/lib/cli/bin.js')
  const words = [data, '--port', String(port), '--host', '127.0.0.1', '--quiet', '--no-gzip', '--no-cors']
  const { pid = 0 } = start(range.pin, [process.execPath, program, ...words], PRODUCTION, 'ignore')
  await untilResponding(port, '/devices?_limit=1')
  const id = `${idStart('dev', (filled.tenants as [Tenant])[0].tag)}000${NUMBER}`
  const device = `/devices/${id}`
  const hot = Math.min(devices, HOT_DEVICES)
  const list = (limit: number) => [{ method: 'GET', path: `/devices?_limit=${limit}&_sort=id&_order=desc`, among: 1 }]
  const body = `{"object":"device","id":"${id}","imei":"${IMEI}","name":"Phone ${NUMBER}","metadata":{},"createdAt":"2026-01-01T00:00:00Z","model":null,"sims":[],"user":null}`
  const asks: Asks = {
    'GET, one of 2,000': [{ method: 'GET', path: device, among: hot }],
    'GET, any device': [{ method: 'GET', path: device, among: devices }],
    'list of 10, the first page': list(10),
    'list of 200': list(200),
    'device search': [{ method: 'GET', path: `/devices?imei=${IMEI}`, among: devices }],
    'model search': [{ method: 'GET', path: `/deviceModels/${TAC}`, among: devices }],
    create: [{ method: 'POST', path: '/devices', body }],
    PATCH: [{ method: 'PATCH', path: device, body: `{"name":"Renamed ${NUMBER}"}`, among: hot }],
  }
  const name = `json-server, ${devices.toLocaleString('en-US')} devices`
  return httpSide(range, { name, port, pid, asks: { ...asks, 'mixed, 90 % reads': mixOf(asks) }, next: filled.devices })
}

/** The first devices of a project, oldest first, as Handset represents them. */
async function readDevices(port: number, { id, token }: Tenant): Promise<{ imei: string; model: object }[]> {
  const devices: { imei: string; model: object }[] = []
  // Before the oldest device.
  let before: string | null = `dev_${'0'.repeat(28)}`
  while (before !== null && devices.length < JSON_FILE_DEVICES) {
    const url = `http://127.0.0.1:${port}/projects/${id}/devices?limit=200&before=${before}`
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
    const page = (await answer.json()) as { items: typeof devices; moreItemsBefore: string | null }
    devices.push(...page.items.reverse())
    before = page.moreItemsBefore
  }
  return devices
}

/** A REST back end over SQLite with all devices; see `remult-server.ts`. */
async function startRemult(range: Range, { filled, file }: Original): Promise<Side> {
  const module = join(import.meta.dirname, 'remult-server.ts')
  const words = [install('remult', 'fastify'), join(range.directory, 'remult.db'), file]
  const { child, first } = await startModule(range.pin, module, words)
  const { port } = first as { port: number }
  const id = `${idStart('dev', (filled.tenants as [Tenant])[0].tag)}000${NUMBER}`
  const device = `/api/devices/${id}`
  const list = (limit: number) => [{ method: 'GET', path: `/api/devices?_limit=${limit}`, among: 1 }]
  const body = `{"id":"${id}","imei":"${IMEI}","name":"Phone ${NUMBER}","metadata":{},"createdAt":"2026-01-01T00:00:00Z"}`
  const asks: Asks = {
    'GET, one of 2,000': [{ method: 'GET', path: device, among: HOT_DEVICES }],
    'GET, any device': [{ method: 'GET', path: device, among: filled.devices }],
    'list of 10, the first page': list(10),
    'list of 200': list(200),
    'device search': [{ method: 'GET', path: `/api/devices?imei=${IMEI}`, among: filled.devices }],
    'model search': [{ method: 'GET', path: `/api/tacs/${TAC}`, among: filled.devices }],
    create: [{ method: 'POST', path: '/api/devices', body }],
    PATCH: [{ method: 'PUT', path: device, body: `{"name":"Renamed ${NUMBER}"}`, among: filled.devices }],
  }
  const name = 'Remult over node:sqlite, durable'
  const all = { ...asks, 'mixed, 90 % reads': mixOf(asks) }
  return httpSide(range, { name, port, pid: child.pid as number, asks: all, next: filled.devices })
}
