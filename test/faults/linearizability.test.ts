import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Fleet, type FleetOperation, type FleetRequest, specifyFleet } from '../support/fleet-specification.ts'
import { checkHistory } from '../support/linearizability.ts'

const IMEI = '001017770000001'
const OTHER = '001017770000019'
const EMPTY: Fleet = { devices: {}, users: { 'anna@example.com': 'usr_a' } }
const DEVICE: Fleet = {
  ...EMPTY,
  devices: { [IMEI]: { id: 'dev_a', name: 'old', user: null, sims: ['sim_a'] } },
}

type Response = FleetOperation['response']

function operation(start: number, end: number, request: FleetRequest, response: Response): FleetOperation {
  return { start, end, request, response }
}

function create(imei: string, sims: string[] = []): FleetRequest {
  return { verb: 'createDevice', imei, name: 'new', user: null, sims, moveSims: false }
}

function rename(name: string): FleetRequest {
  return { verb: 'updateDevice', id: 'dev_a', name, user: null, sims: ['sim_a'], moveSims: false }
}

const get: FleetRequest = { verb: 'getDevice', id: 'dev_a' }

function shown(name: string, { id = 'dev_a', imei = IMEI, sims = ['sim_a'], status = 200 } = {}): Response {
  return { status, body: { id, imei, name, user: null, sims: sims.map((sim) => ({ id: sim })) } }
}

function isExplained(initial: Fleet, history: FleetOperation[]): boolean {
  return checkHistory(initial, history, specifyFleet).isLinearizable
}

describe('the check of histories', () => {
  it('accepts reads of a change in flight that return the old value, then the new one', () => {
    const history = [
      operation(1, 8, rename('new'), shown('new')),
      operation(2, 3, get, shown('old')),
      operation(4, 5, get, shown('new')),
    ]
    assert.ok(isExplained(DEVICE, history))
  })

  it('rejects reads that return the new value, then the old one', () => {
    const history = [
      operation(1, 8, rename('new'), shown('new')),
      operation(2, 3, get, shown('new')),
      operation(4, 5, get, shown('old')),
    ]
    assert.ok(!isExplained(DEVICE, history))
  })

  it('rejects a stale read after an acknowledged change', () => {
    const history = [operation(1, 2, rename('new'), shown('new')), operation(3, 4, get, shown('old'))]
    assert.ok(!isExplained(DEVICE, history))
  })

  it('accepts both outcomes of a change without a response, but not that it is undone later', () => {
    const unknown = operation(1, 6, rename('new'), null)
    for (const name of ['old', 'new']) {
      assert.ok(isExplained(DEVICE, [unknown, operation(7, 8, get, shown(name))]))
    }
    const undone = [unknown, operation(2, 3, get, shown('new')), operation(7, 8, get, shown('old'))]
    assert.ok(!isExplained(DEVICE, undone))
  })

  it('rejects a device that is created twice', () => {
    const twice = ['dev_a', 'dev_b'].map((id, place) =>
      operation(1 + place, 5, create(IMEI), shown('new', { id, sims: [], status: 201 })),
    )
    assert.ok(!isExplained(EMPTY, twice))
  })

  it('rejects a deletion that is applied twice', () => {
    const remove: FleetRequest = { verb: 'deleteDevice', id: 'dev_a' }
    const history = [operation(1, 4, remove, shown('old')), operation(2, 5, remove, shown('old'))]
    assert.ok(!isExplained(DEVICE, history))
  })

  it('rejects a SIM on two devices', () => {
    const history = [operation(1, 2, create(OTHER, ['sim_a']), shown('new', { id: 'dev_b', imei: OTHER, status: 201 }))]
    assert.ok(!isExplained(DEVICE, history))
  })

  it('rejects a rejection that has no cause', () => {
    const response = { status: 422, body: { details: [{ code: 'deviceSimAlreadyUsed' }] } }
    assert.ok(isExplained(DEVICE, [operation(1, 2, create(OTHER, ['sim_a']), response)]))
    assert.ok(!isExplained(EMPTY, [operation(1, 2, create(OTHER, ['sim_a']), response)]))
  })

  it('says how far a history can be explained', () => {
    const stale = operation(5, 6, get, shown('old'))
    const history = [operation(1, 2, rename('new'), shown('new')), operation(3, 4, get, shown('new')), stale]
    const verdict = checkHistory(DEVICE, history, specifyFleet)
    assert.ok(!verdict.isLinearizable)
    assert.equal(verdict.explained, 2)
    assert.deepEqual(verdict.candidates, [stale])
  })
})
