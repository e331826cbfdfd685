import type { Sim } from '@handset/sdk'
import { Iccid } from '../parts/digits.tsx'
import { Icon } from '../parts/icon.tsx'
import '../parts/object-line.css'
import { hrefOf } from '../router.ts'
import { Status } from './status.tsx'
import { SIM_TYPE_NAMES } from './type-names.ts'

/** A SIM in one line, with a link to its page. */
export function SimLine({ sim }: { sim: Sim }) {
  return (
    <div class="object-line">
      <Icon name="sim" />
      <span>
        <a href={hrefOf(`/sims/${sim.id}`)}>
          <Iccid number={sim.iccid} />
        </a>
        <span class="quiet">
          {SIM_TYPE_NAMES[sim.type]} · <Status of={sim} /> · {sim.provider}
        </span>
      </span>
    </div>
  )
}
