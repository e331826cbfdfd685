import { kindOf } from '../../bulk/kind.ts'
import type { Caller } from '../../caller.ts'
import { jsonObject } from '../../db/json.ts'
import type { Listing } from '../../db/page.ts'
import { toImei } from '../../domain/imei.ts'
import { importDevices } from './import.ts'
import { type CreateDevice, ExportedDevice, ImportDevice } from './schema.ts'
import { mapTexts } from './texts.ts'

const JSON_OF_EXPORTED = jsonObject<ExportedDevice>({
  id: 'd.id',
  imei: 'd.imei',
  user: 'u.email',
  iccids: `COALESCE((SELECT JSON_LIST(s.iccid ORDER BY s.device_position) FROM sims s
    WHERE s.project_id = $1 AND s.device_id = d.id), JSON_VALUE('[]'))`,
  ...mapTexts((name) => `d.${name}`),
  metadata: 'JSON_VALUE(d.metadata)',
})

/** The devices of the caller's project, in the form of an export. Only API keys may export. */
function exportedDevices({ project }: Caller): Listing {
  return {
    table: 'devices',
    alias: 'd',
    joins: 'LEFT JOIN users u ON u.project_id = d.project_id AND u.id = d.user_id',
    json: JSON_OF_EXPORTED,
    conditions: ['d.project_id = $1'],
    parameters: [project.id],
  }
}

/** Devices as rows of an import or export. An import names SIMs by ICCID, since ids differ between servers. */
export const devices = kindOf<ImportDevice, ExportedDevice, Omit<CreateDevice, 'sims' | 'moveSims'>>({
  name: 'devices',
  schema: ImportDevice,
  importRows: importDevices,
  identity: ({ imei }) => toImei(imei),
  exported: { schema: ExportedDevice, rows: exportedDevices },
})
