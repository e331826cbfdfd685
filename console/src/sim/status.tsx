import type { Sim } from '@handset/sdk'
import './status.css'

export const SIM_STATUSES = ['inactive', 'active', 'retired'] as const satisfies readonly Sim['status'][]

/** The statuses as a support agent says them. */
export const STATUS_NAMES: Record<Sim['status'], string> = {
  inactive: 'Not active',
  active: 'Active',
  retired: 'Retired',
}

/** The status of a SIM as a pill. */
export function Status({ of: { status } }: { of: Sim }) {
  return <span class={`pill pill-${status}`}>{STATUS_NAMES[status]}</span>
}
