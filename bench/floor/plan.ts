import type { Parameter } from '../../src/db/port.ts'
import { textKey } from '../../src/domain/keys.ts'
import type { Sample } from '../bare-server.ts'

/** The kinds of requests that run different statements. */
export const KINDS = ['get', 'first page', 'page', 'device search', 'model search', 'create', 'update'] as const
export type Kind = (typeof KINDS)[number]

/** The values of a request that its statements take as parameters. */
export interface Values {
  project: string
  id: string
  after: string
  /** One more than the limit of a page, as a page selects it. */
  rows: number
  imei: string
  tac: string
  name: string
  nameKey: string
  /** The last word of the name, as the index of words has it. */
  word: string
}

/** A parameter of a statement: constant, taken from the request, a new id with this prefix, or the position of a new event. */
export type Slot = { constant: Parameter } | { value: keyof Values } | { newId: string } | { newPosition: true }

/** A statement in the engine's own SQL. */
export interface PlannedStatement {
  method: 'all' | 'get' | 'run'
  sql: string
  slots: readonly Slot[]
}

/** What a kind of request does: its statements, and a sample whose status and headers every response has. */
export interface Plan {
  isChange: boolean
  statements: readonly PlannedStatement[]
  sample: Sample
}

export type Plans = Readonly<Record<Kind, Plan>>

/** Runs the statements of one request, and passes the rows of each to `done` once changes are durable. */
export type RunPlan = (kind: Kind, parameters: readonly Parameter[][], done: (rows: readonly Row[][]) => void) => void

export interface Row {
  id?: string
  json?: string
  beyond?: number | boolean
}

export function kindOf(method: string, path: string): Kind {
  if (method === 'PATCH') return 'update'
  if (method === 'POST') {
    if (!path.endsWith('/search')) return 'create'
    return path.startsWith('/deviceModels') ? 'model search' : 'device search'
  }
  if (!path.includes('?')) return 'get'
  return path.includes('after=') ? 'page' : 'first page'
}

export function valuesOf(path: string, body: string): Values {
  const { imei = '', name = '' } = body === '' ? {} : (JSON.parse(body) as { imei?: string; name?: string })
  const [start = '', query = ''] = path.split('?')
  const [, , project = '', , id = ''] = start.split('/')
  const nameKey = name === '' ? '' : textKey(name)
  const cursor = query.indexOf('after=')
  return {
    project,
    id,
    after: cursor < 0 ? '' : query.slice(cursor + 'after='.length),
    rows: query === '' ? 0 : Number.parseInt(query.slice('limit='.length), 10) + 1,
    imei,
    tac: imei.slice(0, 8),
    name,
    nameKey,
    word: nameKey.slice(nameKey.lastIndexOf(' ') + 1),
  }
}
