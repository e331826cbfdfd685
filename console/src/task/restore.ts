import type { Device, Handset, Sim, User } from '@handset/sdk'
import { isNotFound } from '../problems.ts'

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

/** Adds a deleted SIM again, and puts it back into the phone that it was taken out of, if there still is one. Its id is new. */
export async function restoreSim(handset: Handset, sim: Sim, takenOutOf: Device | null = null): Promise<Sim> {
  const { iccid, type, provider, status, metadata } = sim
  const restored = await handset.sims.create({ iccid, type, provider, status, metadata })
  if (takenOutOf !== null) await putIn(handset, restored, takenOutOf)
  return restored
}

/** Adds a deleted user again, without the devices and tokens that they had. Their id is new. */
export function restoreUser(handset: Handset, user: User): Promise<User> {
  const { email, emailVerified, fullName, birthday, preferredLocale, metadata } = user
  return handset.users.create({ email, emailVerified, fullName, birthday, preferredLocale, metadata })
}

/** Puts a SIM into a phone, with the SIMs that are in it now. Does nothing if the phone was deleted. */
async function putIn(handset: Handset, { id }: Sim, { id: deviceId }: Device): Promise<void> {
  try {
    const { sims } = await handset.devices.retrieve(deviceId)
    await handset.devices.update(deviceId, { sims: [...sims.map((sim) => sim.id), id] })
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
