import type { Sim } from '@handset/sdk'

export const SIM_STATUSES = ['inactive', 'active', 'retired'] as const satisfies readonly Sim['status'][]

/** The statuses as a support agent says them. */
export const STATUS_NAMES: Record<Sim['status'], string> = {
  inactive: 'Not active',
  active: 'Active',
  retired: 'Retired',
}
