import type { DeviceModel } from '@handset/sdk'
import { Icon } from './icon.tsx'

export type TakesEsim = 'yes' | 'no' | 'unknown'

const ICONS = { yes: 'check', no: 'cross', unknown: 'question' } as const

/** Whether a model takes an eSIM. What the catalogue does not know stays unknown. */
export function takesEsim(model: Pick<DeviceModel, 'simTypes'> | null): TakesEsim {
  if (model === null || model.simTypes.length === 0) return 'unknown'
  return model.simTypes.includes('eSIM') ? 'yes' : 'no'
}

/** The answer that a caller wants first. */
export function EsimVerdict({ model }: { model: DeviceModel | null }) {
  const verdict = takesEsim(model)
  return (
    <p class={`verdict verdict-${verdict}`}>
      <Icon name={ICONS[verdict]} />
      <span>
        Takes an eSIM: <strong>{verdict}</strong>
      </span>
    </p>
  )
}

/** The same in a cell of a table that says what it is about. */
export function EsimMark({ model }: { model: DeviceModel | null }) {
  const verdict = takesEsim(model)
  return (
    <span class={`mark mark-${verdict}`}>
      <Icon name={ICONS[verdict]} />
      {verdict}
    </span>
  )
}
