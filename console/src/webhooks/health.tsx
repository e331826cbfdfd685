import type { WebhookEndpoint } from '@handset/sdk'
import { SUBJECT_NAMES, SUBJECT_TYPES, type Subject } from '../events/event.ts'
import '../sim/status.css'

const DISABLED = {
  manual: 'Switched off',
  failing: 'Off: it failed for five days',
  gone: 'Off: the receiver no longer wants events',
} as const

/** Whether an endpoint receives events, as a pill with a word. */
export function Health({ of: { status, disabledReason, failingSince } }: { of: WebhookEndpoint }) {
  if (status === 'disabled') return <span class="pill">{DISABLED[disabledReason ?? 'manual']}</span>
  if (failingSince !== null) return <span class="pill pill-inactive">Failing</span>
  return <span class="pill pill-active">Working</span>
}

/** The events that an endpoint receives, in words. */
export function eventTypesText({ eventTypes }: WebhookEndpoint): string {
  if (eventTypes.length === 0) return 'All events'
  const subjects = Object.keys(SUBJECT_TYPES) as Subject[]
  return eventTypes
    .map((type) => {
      const subject = subjects.find((subject) => SUBJECT_TYPES[subject] === type)
      return subject === undefined ? type : `${SUBJECT_NAMES[subject]}s`
    })
    .join(', ')
}
