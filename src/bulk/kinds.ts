import type { TObject } from 'typebox'
import type { Caller } from '../caller.ts'
import type { Registry } from '../context.ts'
import type { Listing } from '../db/page.ts'
import type { Queries } from '../db/port.ts'
import { toIccid } from '../domain/iccid.ts'
import { toImei } from '../domain/imei.ts'
import { emailKey } from '../domain/keys.ts'
import { exportedDevices } from '../resources/devices/export.ts'
import { importDevices } from '../resources/devices/import.ts'
import { ExportedDevice, ImportDevice } from '../resources/devices/schema.ts'
import type { ImportOutcome, ImportRules } from '../resources/import-outcome.ts'
import { exportedSims } from '../resources/sims/export.ts'
import { importSims } from '../resources/sims/import.ts'
import { ExportedSim, ImportSim } from '../resources/sims/schema.ts'
import { exportedUsers } from '../resources/users/export.ts'
import { importUsers } from '../resources/users/import.ts'
import { ExportedUser, ImportUser } from '../resources/users/schema.ts'

/** What can be imported and exported: its rows by their schema, and the verb that takes them. */
export interface Kind<Row extends object = never> {
  name: 'devices' | 'sims' | 'users'
  schema: TObject
  take(
    registry: Registry,
    tx: Queries,
    caller: Caller,
    rows: readonly Row[],
    rules: ImportRules,
  ): Promise<ImportOutcome[]>
  /** What an export shows of each, and of which: CSV has its properties for columns, keys of metadata last. */
  exported: { schema: TObject; rows(caller: Caller): Listing }
  /** By what a row is told from others, whatever is written in it. */
  identity(row: Row): string
}

export const devices: Kind<ImportDevice> = {
  name: 'devices',
  schema: ImportDevice,
  take: importDevices,
  exported: { schema: ExportedDevice, rows: exportedDevices },
  identity: ({ imei }) => toImei(imei),
}

export const sims: Kind<ImportSim> = {
  name: 'sims',
  schema: ImportSim,
  take: importSims,
  exported: { schema: ExportedSim, rows: exportedSims },
  identity: ({ iccid }) => toIccid(iccid),
}

export const users: Kind<ImportUser> = {
  name: 'users',
  schema: ImportUser,
  take: importUsers,
  exported: { schema: ExportedUser, rows: exportedUsers },
  identity: ({ email }) => emailKey(email),
}
