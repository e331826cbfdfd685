import type { DeviceModel } from '../../contract/model.ts'
import { jsonObject } from '../../db/json.ts'

/** A row of `device_models` as its resource; `alias` is the table's alias in the query. */
export function deviceModelJson(alias: string): string {
  return jsonObject<DeviceModel>({
    object: "'deviceModel'",
    id: `${alias}.id`,
    brand: `${alias}.brand`,
    name: `${alias}.name`,
    simTypes: `JSON_VALUE(${alias}.sim_types)`,
    type: `${alias}.type`,
  })
}
