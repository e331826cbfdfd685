import type { Sim } from '@handset/sdk'
import './status.css'

export const SIM_STATUSES = ['inactive', 'active', 'retired'] as const satisfies readonly Sim['status'][]

/** The status of a SIM, as a word with a mark before it. */
export function Status({ of: { status } }: { of: Sim }) {
  return <span class={`status status-${status}`}>{status}</span>
}
