import type { Caller } from '../../caller.ts'
import type { Context } from '../../context.ts'
import { tacOf, toImei } from '../../domain/imei.ts'
import { invalid } from '../../errors.ts'
import { getDevice, imeiTaken, readDevice } from './devices.ts'
import type { Device, ReplaceDevice } from './schema.ts'
import * as store from './store.ts'
import { textsOf } from './texts.ts'

/**
 * Replaces a device by a new one, which gets its user and SIMs (docs/contract.md §8). Returns the new device as JSON.
 *
 * Throws `notFound` if the caller cannot see the old device, and `invalid` if the IMEI is registered in the project.
 */
export function replaceDevice(context: Context, caller: Caller, oldId: string, input: ReplaceDevice): Promise<string> {
  const { project } = caller
  const { old: fate = 'unassign' } = input
  return context.change(caller, async (tx) => {
    const before = await getDevice(tx, caller, oldId)
    const old: Device = JSON.parse(before)
    const metadata = JSON.stringify(old.metadata)
    const { id, createdAt } = context.newId('dev', project.tag)
    const imei = toImei(input.imei)
    const inserted = await store.insertDevice(tx, project.id, {
      id,
      imei,
      tac: tacOf(imei),
      userId: old.user?.id ?? null,
      ...textsOf(input, fate === 'keep' ? { ...old, name: null } : old),
      metadata: input.metadata === undefined ? metadata : JSON.stringify(input.metadata),
      createdAt,
    })
    if (!inserted) throw invalid([imeiTaken()])
    await store.moveSims(tx, project.id, oldId, id)
    if (fate === 'delete') await store.deleteDevice(tx, project.id, oldId)
    if (fate === 'unassign') {
      await store.updateDevice(tx, project.id, oldId, { user_id: null, ...textsOf({ name: null }, old), metadata })
    }
    if (fate === 'keep') await store.touchDevices(tx, project.id, [oldId])
    const after = fate === 'delete' ? null : await readDevice(tx, caller, oldId)
    const json = await readDevice(tx, caller, id)
    return {
      response: json,
      changes: [
        { kind: 'device', before, after },
        { kind: 'device', before: null, after: json },
      ],
    }
  })
}
