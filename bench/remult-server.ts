import { createRequire } from 'node:module'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/**
 * A REST back end for the same data, built from Remult over `node:sqlite` and Fastify: `node remult-server.ts PACKAGES
 * FILE SOURCE`. It sends its port to the parent process. The server copies `SOURCE`, a Handset store, into its own
 * tables, and makes changes as durable as Handset does. Remult's API embeds no relations, so a device's model, user and
 * SIMs are columns that SQLite computes, which costs less than requesting them one by one.
 */
const [, , packages = '', file = '', source = ''] = process.argv
const require = createRequire(join(packages, 'package.json'))
const { describeEntity, Fields, SqlDatabase } = require('remult')
const { remultApi } = require('remult/remult-fastify')
const { NodeSqliteDataProvider } = require('remult/remult-node-sqlite')
const { fastify } = require('fastify')

class User {}
class Sim {}
class DeviceModel {}
class Tac {}
class Device {}

const text = () => Fields.string()
const optional = () => Fields.string({ allowNull: true })
const json = (sql?: string) => Fields.json(sql === undefined ? {} : { sqlExpression: () => sql })
const options = { allowApiCrud: true, defaultOrderBy: { id: 'desc' } }

const modelOf = (
  tac: string,
) => `(SELECT json_object('object', 'deviceModel', 'id', m.id, 'brand', m.brand, 'name', m.name,
    'simTypes', json(m.simTypes), 'type', m.type) FROM tacs t JOIN deviceModels m ON m.id = t.modelId WHERE t.id = ${tac})`
const USER = `(SELECT json_object('object', 'user', 'id', u.id, 'metadata', json(u.metadata), 'birthday', u.birthday,
    'createdAt', u.createdAt, 'email', u.email, 'emailVerified', json(u.emailVerified), 'fullName', u.fullName,
    'preferredLocale', u.preferredLocale) FROM users u WHERE u.id = devices.userId)`
const SIMS = `(SELECT json_group_array(json_object('object', 'sim', 'id', s.id, 'metadata', json(s.metadata),
    'createdAt', s.createdAt, 'iccid', s.iccid, 'provider', s.provider, 'status', s.status, 'type', s.type))
    FROM sims s WHERE s.deviceId = devices.id)`

describeEntity(
  User,
  'users',
  {
    ...{ id: text(), metadata: json(), birthday: optional(), createdAt: text(), email: text() },
    ...{ emailVerified: text(), fullName: optional(), preferredLocale: text() },
  },
  options,
)
describeEntity(
  Sim,
  'sims',
  {
    ...{
      id: text(),
      metadata: json(),
      createdAt: text(),
      iccid: text(),
      provider: text(),
      status: text(),
      type: text(),
    },
    deviceId: optional(),
  },
  options,
)
describeEntity(
  DeviceModel,
  'deviceModels',
  { id: text(), brand: text(), name: text(), simTypes: json(), type: text() },
  options,
)
describeEntity(Tac, 'tacs', { id: text(), modelId: text(), model: json(modelOf('tacs.id')) }, options)
describeEntity(
  Device,
  'devices',
  {
    ...{ id: text(), metadata: json(), createdAt: text(), imei: text(), name: optional(), userId: optional() },
    ...{ model: json(modelOf('substr(devices.imei, 1, 8)')), sims: json(SIMS), user: json(USER) },
  },
  options,
)

/** Silences what Remult prints when it starts, which is not part of the measurement. */
console.log = () => {}
console.info = () => {}

const connection = new DatabaseSync(file)
connection.exec('PRAGMA journal_mode = WAL')
connection.exec('PRAGMA synchronous = OFF')
const dataProvider = new SqlDatabase(new NodeSqliteDataProvider(connection))
const app = fastify()
await app.register(remultApi({ entities: [User, Sim, DeviceModel, Tac, Device], dataProvider, admin: false }))
await app.listen({ port: 0, host: '127.0.0.1' })
const { port } = app.server.address() as { port: number }
// The tables are created before the first response.
await (await fetch(`http://127.0.0.1:${port}/api/devices?_limit=1`)).text()

connection.prepare('ATTACH ? AS source').run(source)
for (const copy of [
  'INSERT INTO users SELECT id, metadata, birthday, created_at, email, email_verified, full_name, preferred_locale FROM source.users',
  'INSERT INTO sims SELECT id, metadata, created_at, iccid, provider, status, type, device_id FROM source.sims',
  'INSERT INTO deviceModels SELECT id, brand, name, sim_types, type FROM source.device_models',
  'INSERT INTO tacs SELECT tac, model_id FROM source.tacs',
  'INSERT INTO devices SELECT id, metadata, created_at, imei, name, user_id FROM source.devices',
  'CREATE UNIQUE INDEX devices_by_imei ON devices (imei)',
  'CREATE INDEX sims_by_device ON sims (deviceId)',
  'ANALYZE',
  'DETACH source',
  'PRAGMA synchronous = FULL',
]) {
  connection.exec(copy)
}
process.send?.({ port })
