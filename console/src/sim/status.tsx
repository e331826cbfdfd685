import type { Sim } from '@handset/sdk'
import './status.css'
import { STATUS_NAMES } from './status-names.ts'

/** The status of a SIM as a pill. */
export function Status({ of: { status } }: { of: Sim }) {
  return <span class={`pill pill-${status}`}>{STATUS_NAMES[status]}</span>
}
