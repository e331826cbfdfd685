import type { Caller } from '../../caller.ts'
import { jsonObject } from '../../db/json.ts'
import type { Listing } from '../../db/page.ts'
import type { ExportedSim } from './schema.ts'
import { isOnDeviceOf } from './store.ts'

const JSON_OF_EXPORTED = jsonObject<ExportedSim>({
  id: 's.id',
  iccid: 's.iccid',
  type: 's.type',
  provider: 's.provider',
  status: 's.status',
  metadata: 'JSON_VALUE(s.metadata)',
})

/** The SIMs that a caller may see, retired ones too, as an export shows them. */
export function exportedSims({ project, userId }: Caller): Listing {
  return {
    table: 'sims',
    alias: 's',
    joins: '',
    json: JSON_OF_EXPORTED,
    conditions: ['s.project_id = $1', ...(userId === null ? [] : [isOnDeviceOf('$2')])],
    parameters: [project.id, ...(userId === null ? [] : [userId])],
  }
}
