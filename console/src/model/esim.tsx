import type { DeviceModel, SimTypeAnswer } from '@handset/sdk'
import { Icon } from '../parts/icon.tsx'
import './esim.css'

export type TakesEsim = Exclude<SimTypeAnswer['answer'], 'depends'>

const ICONS = { yes: 'check', no: 'cross', depends: 'question', unknown: 'question' } as const
const WORDS = { yes: 'yes', no: 'no', depends: 'it depends', unknown: 'unknown' } as const

/** Whether a model takes an eSIM; unknown if the catalogue does not say. */
export function takesEsim(model: Pick<DeviceModel, 'simTypes'> | null): TakesEsim {
  if (model === null || model.simTypes.length === 0) return 'unknown'
  return model.simTypes.includes('eSIM') ? 'yes' : 'no'
}

/** Whether a phone takes an eSIM, as a sentence. */
export function VerdictPill({ verdict }: { verdict: SimTypeAnswer['answer'] }) {
  return (
    <p class={`verdict verdict-${verdict}`}>
      <Icon name={ICONS[verdict]} />
      <span>
        Takes an eSIM: <strong>{WORDS[verdict]}</strong>
      </span>
    </p>
  )
}

/** Whether a model takes an eSIM, for a table whose heading asks the question. */
export function EsimMark({ model }: { model: DeviceModel | null }) {
  const verdict = takesEsim(model)
  return (
    <span class={`mark mark-${verdict}`}>
      <Icon name={ICONS[verdict]} />
      {WORDS[verdict]}
    </span>
  )
}
