import type { Device, Handset, Sim } from '@handset/sdk'

/**
 * Registers a deleted device again, with its user, name, metadata, and those of its SIMs that are still free. Its id is
 * new.
 */
export async function restoreDevice(handset: Handset, device: Device): Promise<Device> {
  const { imei, name, metadata, user, sims } = device
  const isFree = await Promise.all(sims.map((sim) => isFreeSim(handset, sim)))
  return handset.devices.create({
    imei: imei as string,
    name,
    metadata,
    user: user?.id ?? null,
    sims: sims.filter((_, at) => isFree[at]).map(({ id }) => id),
  })
}

async function isFreeSim(handset: Handset, { id, iccid }: Sim): Promise<boolean> {
  const [found, holders] = await Promise.all([
    handset.sims.search({ iccid }),
    handset.devices.list({ sim: id, limit: 1 }),
  ])
  return found.items[0]?.id === id && holders.items.length === 0
}

/** Adds a deleted SIM again. Its id is new. */
export function restoreSim(handset: Handset, { iccid, type, provider, status, metadata }: Sim): Promise<Sim> {
  return handset.sims.create({ iccid, type, provider, status, metadata })
}
