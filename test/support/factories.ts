import assert from 'node:assert/strict'
import type { Context } from '../../src/context.ts'
import type { Role } from '../../src/contract/operation.ts'
import { recordWords } from '../../src/db/search/record.ts'
import { checkDigit, tacOf, toImei } from '../../src/domain/imei.ts'
import { insertDevices } from '../../src/resources/devices/store.ts'
import { textsOf } from '../../src/resources/devices/texts.ts'
import type { Client, TestProject, TestServer } from './server.ts'

let made = 0

/** A number that is unique within this process. */
function next(): string {
  made += 1
  return String(made).padStart(6, '0')
}

/** A valid IMEI with a test TAC that no catalogue contains. */
export function makeImei(tac = '00101777'): string {
  const digits = `${tac}${next()}`
  return digits + checkDigit(digits)
}

export function makeIccid(): string {
  return `8988307000000${next()}`
}

export function makeEmail(): string {
  return `person-${next()}@example.com`
}

export function createUser(project: TestProject, properties: object = {}) {
  return created(project, './users', { email: makeEmail(), ...properties })
}

export function createSim(project: TestProject, properties: object = {}) {
  return created(project, './sims', { iccid: makeIccid(), ...properties })
}

export function createDevice(project: TestProject, properties: object = {}) {
  return created(project, './devices', { imei: makeImei(), ...properties })
}

async function created(project: TestProject, path: string, body: object) {
  const response = await project.call('POST', path, { body })
  assert.equal(response.status, 201, JSON.stringify(response.body))
  return response.body
}

/** A new token for this user; `expiresIn` is in seconds. */
export function createUserToken(project: TestProject, userId: string, expiresIn = 3_600) {
  return created(project, `./users/${userId}/tokens`, { expiresIn })
}

/** A client with a new token for this user. */
export async function createUserClient(
  server: TestServer,
  project: TestProject,
  userId: string,
  expiresIn = 3_600,
): Promise<Client> {
  const { token } = await createUserToken(project, userId, expiresIn)
  return server.clientWith(token, project.project.id)
}

/** A new API key with this role. */
export function createApiKey(project: TestProject, role: Role, properties: object = {}) {
  return created(project, './apiKeys', { name: `a test's ${role}`, role, ...properties })
}

/** A client with a new API key of this role. */
export async function createKeyClient(server: TestServer, project: TestProject, role: Role): Promise<Client> {
  return server.clientWith((await createApiKey(project, role)).token, project.project.id)
}

/** Inserts devices in one transaction, without a request each. Returns their ids, newest first. */
export async function fillDevices(
  { db, newId }: Context,
  { project }: Pick<TestProject, 'project'>,
  devices: Iterable<{ imei: string; name: string | null }>,
): Promise<string[]> {
  const made = Array.from(devices, ({ imei, name }) => ({
    ...newId('dev', project.tag),
    ...{ imei: toImei(imei), tac: tacOf(toImei(imei)), userId: null, ...textsOf({ name }), metadata: '{}' },
  }))
  const changes = made.map(({ id, name }) => ({
    ...{ kind: 'device', old: null, now: { id, name, metadata: {} } },
  }))
  await db.transaction(async (tx) => {
    await insertDevices(tx, project.id, made)
    await recordWords(tx, project.id, changes, { mayPend: false })
  })
  return made.map(({ id }) => id).reverse()
}
