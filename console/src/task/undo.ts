import type { Device, Handset, ReplaceDevice } from '@handset/sdk'

/** What the old phone of a replacement becomes. */
export type Old = NonNullable<ReplaceDevice['old']>

/** Puts the old phone back in the place of the new one. A phone that was deleted is registered again, with a new id. */
export async function undoReplacement(handset: Handset, old: Device, next: Device, became: Old): Promise<void> {
  if (became === 'delete') {
    const { imei, name, metadata } = old
    await handset.devices.replace(next.id, { imei: imei as string, name, metadata, old: 'delete' })
    return
  }
  await putBack(handset, old)
  await handset.devices.delete(next.id)
}

/** Gives a device the user, name and SIMs that it had. SIMs that are elsewhere now are moved back. */
export function putBack(handset: Handset, { id, name, user, sims }: Device): Promise<Device> {
  return handset.devices.update(id, {
    name,
    user: user?.id ?? null,
    sims: sims.map(({ id }) => id),
    moveSims: true,
  })
}
