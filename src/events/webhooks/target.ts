import type { Context } from '../../context.ts'
import type { WebhookEndpoint } from '../../contract/webhooks.ts'
import { toExactTime } from '../../domain/time.ts'
import { findEndpoint } from './endpoints.ts'
import type { Sealer } from './seal.ts'
import { openSecrets } from './secrets.ts'

/** An endpoint as an attempt needs it. */
export interface Target {
  url: string
  isHealthy: boolean
  /** The secrets that sign, or why they cannot be opened. */
  secrets: readonly string[] | Error
}

/** Reads an endpoint and its secrets. Undefined if it is disabled or deleted. */
export async function readTarget(
  { db, clock }: Context,
  sealer: Sealer,
  projectId: string,
  endpointId: string,
): Promise<Target | undefined> {
  const json = await findEndpoint(db, projectId, endpointId)
  if (json === undefined) return undefined
  const { url, status, failingSince }: WebhookEndpoint = JSON.parse(json)
  if (status !== 'enabled') return undefined
  const secrets = await openSecrets(db, sealer, { projectId, endpointId }, toExactTime(clock())).catch(
    (error: Error) => error,
  )
  return { url, isHealthy: failingSince === null, secrets }
}
