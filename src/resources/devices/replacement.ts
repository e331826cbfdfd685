import type { Caller } from '../../caller.ts'
import type { Context } from '../../context.ts'
import { tacOf, toImei } from '../../domain/imei.ts'
import { invalid, notFound } from '../../errors.ts'
import { imeiTaken, readDevice } from './devices.ts'
import type { ReplaceDevice } from './schema.ts'
import * as store from './store.ts'

/**
 * Registers a new device in the place of another, which gives it its user and SIMs (docs/contract.md §8). Returns the new
 * device as JSON.
 *
 * Throws `notFound` if the caller cannot see the old device, and `invalid` if the IMEI is registered in the project.
 */
export function replaceDevice(context: Context, caller: Caller, oldId: string, input: ReplaceDevice): Promise<string> {
  const { project } = caller
  const { old: fate = 'unassign' } = input
  return context.change(async (tx) => {
    const old = await store.findDeviceFields(tx, project.id, oldId)
    if (old === undefined || (caller.userId !== null && old.user_id !== caller.userId)) throw notFound('device')
    const { id, createdAt } = context.newId('dev', project.tag)
    const imei = toImei(input.imei)
    const inheritedName = fate === 'keep' ? null : old.name
    const inserted = await store.insertDevice(tx, project.id, {
      id,
      imei,
      tac: tacOf(imei),
      userId: old.user_id,
      name: input.name === undefined ? inheritedName : input.name,
      metadata: input.metadata === undefined ? old.metadata : JSON.stringify(input.metadata),
      createdAt,
    })
    if (!inserted) throw invalid([imeiTaken()])
    await store.moveSims(tx, project.id, oldId, id)
    if (fate === 'delete') await store.deleteDevice(tx, project.id, oldId)
    if (fate === 'unassign') await store.updateDevice(tx, project.id, oldId, { ...old, user_id: null, name: null })
    return readDevice(tx, caller, id)
  })
}
