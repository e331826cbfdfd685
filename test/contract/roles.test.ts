import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ROLES, type Role } from '../../src/contract/operation.ts'
import { createKeyClient, createUser, createUserClient, makeEmail, makeIccid, makeImei } from '../support/factories.ts'
import { makeObjectIds, type ObjectIds, pathWith } from '../support/object-ids.ts'
import { operations } from '../support/openapi-document.ts'
import { type ApiResponse, type Client, startServer } from '../support/server.ts'

const server = await startServer()
const demo = await server.addProject('demo', 'test')

type Operation = (typeof operations)[number]

/** The lowest role that an operation needs, by the table of docs/contract.md §11. */
function roleNeeded({ method, path }: Operation): Role {
  if (path.includes('/apiKeys')) return 'admin'
  if (path.includes('/webhookEndpoints')) return method === 'GET' ? 'viewer' : 'admin'
  if (/\/(tokens|import|export)\b/.test(path)) return 'editor'
  return method === 'GET' || /\/(search|check)$/.test(path) ? 'viewer' : 'editor'
}

/** The roles that each declaration in the document admits, and whether it admits user tokens. */
const ADMITTED: Record<Operation['x-handset-access'], [lowest: Role, users: boolean]> = {
  open: ['viewer', true],
  user: ['editor', true],
  viewer: ['viewer', false],
  editor: ['editor', false],
  admin: ['admin', false],
}

const NEW_BODIES: Record<string, () => object> = {
  DevicesCreate: () => ({ imei: makeImei() }),
  DevicesReplace: () => ({ imei: makeImei() }),
  UsersCreate: () => ({ email: makeEmail() }),
  SimsCreate: () => ({ iccid: makeIccid() }),
}

/** A body that the operation accepts: one that names a new object, or the example of the document. */
function bodyOf({ operationId, requestBody }: Operation): {
  body?: object
  raw?: string
  headers?: Record<string, string>
} {
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? []
  if (type === undefined) return {}
  const example = NEW_BODIES[operationId]?.() ?? content?.example ?? {}
  return typeof example === 'string' ? { raw: example, headers: { 'content-type': type } } : { body: example }
}

function assertDenied({ status, body }: ApiResponse, role: Role): void {
  assert.equal(status, 403)
  assert.equal(body.type, 'permissionDenied')
  assert.ok(body.message.includes(`\`${role}\``), body.message)
}

const clients = new Map<Role, Client>()
for (const role of ROLES) clients.set(role, await createKeyClient(server, demo, role))

/** docs/contract.md §11: every operation of the document, with every role and with a user token. */
for (const operation of operations) {
  const { operationId, method } = operation
  const needed = roleNeeded(operation)
  const [lowest, admitsUsers] = ADMITTED[operation['x-handset-access']]
  const denied = ROLES.slice(0, ROLES.indexOf(needed))

  describe(operationId, () => {
    it(`declares that it needs a key with the role ${needed}`, () => assert.equal(lowest, needed))

    for (const role of ROLES) {
      const isDenied = denied.includes(role)
      it(`${isDenied ? 'returns 403 to' : 'works for'} a key with the role ${role}`, async () => {
        const ids: ObjectIds = await makeObjectIds(demo)
        const response = await (clients.get(role) as Client)(method, pathWith(ids, operation), bodyOf(operation))
        if (isDenied) assertDenied(response, needed)
        else assert.ok(response.status < 300, `${response.status} ${JSON.stringify(response.body)}`)
      })
    }

    if (!admitsUsers) {
      it('returns 403 to a user token', async () => {
        const ids = await makeObjectIds(demo)
        const call = await createUserClient(server, demo, ids.user as string)
        const { status } = await call(method, pathWith(ids, operation), bodyOf(operation))
        // An object that the user cannot see comes first.
        const seesPath = [...operation.path.matchAll(/\{(\w+)\}/g)].every(([, name]) =>
          ['project', 'user', 'token', 'apiKey', 'event', 'webhookEndpoint', 'webhookDelivery'].includes(
            name as string,
          ),
        )
        assert.equal(status, seesPath ? 403 : 404)
      })
    }
  })
}

describe('a key that may not call an operation', () => {
  it('gets 404 for a missing object first, and 403 before its body is validated', async () => {
    const viewer = clients.get('viewer') as Client
    const { id } = await createUser(demo)
    assert.equal((await viewer('PATCH', './users/usr_nobody', { body: { fullName: 1 } })).status, 404)
    assert.equal((await viewer('PATCH', `./users/${id}`, { body: { fullName: 1 } })).status, 403)
    assert.equal((await viewer('PATCH', `./users/${id}`, { raw: '{', headers: JSON_TYPE })).status, 400)
  })

  it('gets 403 instead of the response that another key stored for its idempotency key', async () => {
    const request = { body: { email: makeEmail() }, headers: { 'idempotency-key': 'roles' } }
    assert.equal((await (clients.get('editor') as Client)('POST', './users', request)).status, 201)
    assertDenied(await (clients.get('viewer') as Client)('POST', './users', request), 'editor')
  })
})

const JSON_TYPE = { 'content-type': 'application/json' }
