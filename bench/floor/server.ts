import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { foundList, type ListItem, listOf } from '../../src/contract/list.ts'
import type { Parameter } from '../../src/db/port.ts'
import { toPage } from '../../src/domain/cursor.ts'
import { createIdSource, type ProjectPrefix } from '../../src/domain/id.ts'
import {
  type Kind,
  kindOf,
  type Plan,
  type Plans,
  type Row,
  type RunPlan,
  type Slot,
  type Values,
  valuesOf,
} from './plan.ts'
import { openPostgresFloor } from './postgres.ts'
import { openSqliteFloor } from './sqlite.ts'

/**
 * The performance floor: what this runtime and this store can do for the requests of the benchmark. `node server.ts
 * ENGINE STORE PLANS` serves them with `node:http` and the store's driver alone. It runs the same statements as
 * Handset, sends the same bytes and headers, and makes changes just as durable. It authenticates nobody, validates
 * nothing, and records neither log nor metrics.
 */
const [, , engine = '', store = '', file = ''] = process.argv

const plans = JSON.parse(readFileSync(file, 'utf8')) as Plans
const run: RunPlan = await (engine === 'sqlite' ? openSqliteFloor(store, plans) : openPostgresFloor(store, plans))
const newId = createIdSource(Date.now)
/** The position of the newest event: far beyond those in the store. */
let position = 1_000_000_000_000
const headers = new Map(
  Object.entries(plans).map(([kind, { sample }]) => [kind as Kind, Object.entries(sample.headers).flat()]),
)

function parametersOf({ statements }: Plan, values: Values): Parameter[][] {
  const made = new Map<string, string>()
  return statements.map(({ slots }) => slots.map((slot) => parameterOf(slot, values, made)))
}

function parameterOf(slot: Slot, values: Values, made: Map<string, string>): Parameter {
  if ('value' in slot) return values[slot.value]
  if ('constant' in slot) return slot.constant
  if ('newPosition' in slot) return ++position
  const present = made.get(slot.newId)
  if (present !== undefined) return present
  const { id } = newId(slot.newId as ProjectPrefix, 'bench0')
  made.set(slot.newId, id)
  return id
}

function bodyOf(kind: Kind, rows: readonly Row[][], { after, rows: count }: Values): string {
  const last = rows.findLast((found) => found.length > 0 && found[0]?.json !== undefined) ?? []
  switch (kind) {
    case 'first page':
    case 'page':
      return listOf(
        toPage(last as ListItem[], Boolean(last[0]?.beyond), {
          limit: count - 1,
          ...(after === '' ? {} : { after }),
        }),
      )
    case 'device search':
    case 'model search':
      return foundList(last.map(({ json }) => json as string))
    default:
      return (last[0] as Row).json as string
  }
}

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const { method = '', url = '' } = request
  const kind = kindOf(method, url)
  const plan = plans[kind]
  const values = valuesOf(url, body)
  run(kind, parametersOf(plan, values), (rows) => {
    const own = headers.get(kind) as string[]
    if (request.headers['if-none-match'] !== undefined) {
      response.writeHead(304, own).end()
      return
    }
    const text = bodyOf(kind, rows, values)
    const length = Buffer.byteLength(text)
    response
      .writeHead(plan.sample.status, [...own, 'content-length', String(length)])
      .end(text, length === text.length ? 'latin1' : 'utf8')
  })
}

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    answer(request, response, '')
    return
  }
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (piece) => {
    body += piece
  })
  request.on('end', () => answer(request, response, body))
})
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
