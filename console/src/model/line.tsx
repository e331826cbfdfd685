import type { DeviceModel } from '@handset/sdk'
import { Icon } from '../parts/icon.tsx'
import { hrefOf } from '../router.ts'
import './line.css'
import { TYPE_NAMES } from './type.ts'

/** The model of a device, with a link to its page. */
export function ModelLine({ model }: { model: DeviceModel | null }) {
  if (model === null) return <p class="quiet">Unknown model</p>
  return (
    <p class="model-line">
      <Icon name={model.type} />
      <a href={hrefOf(`/models/${model.id}`)}>
        {model.brand} {model.name}
      </a>
      <span class="quiet">{TYPE_NAMES[model.type]}</span>
    </p>
  )
}
