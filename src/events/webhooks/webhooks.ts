import type { LookupFunction } from 'node:net'
import type { WebhookSettings } from '../../config.ts'
import { type AddressGuard, createAddressGuard } from './addresses.ts'
import { createSealer, type Sealer } from './seal.ts'
import { createSender, type Sender } from './send.ts'

/** What webhooks need besides the store. */
export interface Webhooks {
  isAllowed: AddressGuard
  sealer: Sealer
  sender: Sender
}

/** Creates the webhooks of a process from its settings. `resolve` resolves host names instead of the system. */
export function createWebhooks(settings: WebhookSettings, resolve?: LookupFunction | undefined): Webhooks {
  const isAllowed = createAddressGuard(settings)
  return {
    isAllowed,
    sealer: createSealer(settings.secretKeys),
    sender: createSender({ isAllowed, ...(resolve ? { resolve } : {}) }),
  }
}
