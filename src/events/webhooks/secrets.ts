import type { Queries } from '../../db/port.ts'
import { insertSecret, nextSecretNumber, validSecrets } from './endpoints.ts'
import type { Sealer } from './seal.ts'

/** How the project and the id name an endpoint. */
export interface EndpointName {
  projectId: string
  endpointId: string
}

/** Stores a secret of an endpoint as its newest. */
export async function storeSecret(
  tx: Queries,
  sealer: Sealer,
  { projectId, endpointId }: EndpointName,
  secret: string,
): Promise<void> {
  const number = await nextSecretNumber(tx, projectId, endpointId)
  const sealed = sealer.seal(secret, placeOf({ projectId, endpointId }, number))
  await insertSecret(tx, projectId, endpointId, { number, secret: sealed })
}

/** The secrets that sign at this time, newest first. Throws if one cannot be opened. */
export async function openSecrets(
  db: Queries,
  sealer: Sealer,
  { projectId, endpointId }: EndpointName,
  now: string,
): Promise<string[]> {
  const stored = await validSecrets(db, projectId, endpointId, now)
  return stored.map(({ number, secret }) => sealer.open(secret, placeOf({ projectId, endpointId }, number)))
}

/** The row of a secret: a sealed secret opens nowhere else. */
function placeOf({ projectId, endpointId }: EndpointName, number: number): string {
  return `${projectId}/${endpointId}/${number}`
}
