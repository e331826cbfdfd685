import type { DeviceStatistics } from '@handset/sdk'
import { BarChart } from '../parts/charts.tsx'
import { Part } from '../parts/part.tsx'
import { hrefOf } from '../router.ts'
import { CatalogueSize } from './catalogue-size.tsx'

const SHOWN_TACS = 8

/** For how many devices the catalogue knows the answers, and the most common TACs that it has no model for. */
export function Coverage({ devices, known, unknownTacs }: Pick<DeviceStatistics, 'devices' | 'known' | 'unknownTacs'>) {
  const share = (count: number) => `${Math.floor((count / devices) * 100)}%`
  return (
    <>
      <BarChart
        title="What the catalogue knows"
        bars={[
          { name: `Brand, ${share(known.brand)}`, count: known.brand },
          { name: `Name, ${share(known.name)}`, count: known.name },
          { name: `Type, ${share(known.type)}`, count: known.type },
          { name: `SIM types, ${share(known.simTypes)}`, count: known.simTypes },
        ]}
      />
      {unknownTacs.length > 0 && (
        <>
          <BarChart
            title="Most common unknown TACs"
            bars={unknownTacs.slice(0, SHOWN_TACS).map(({ tac, devices }) => ({
              name: tac,
              count: devices,
              href: hrefOf('/devices', { tac }),
            }))}
          />
          <Part title="Add models to the catalogue">
            <CatalogueSize />
            <p class="quiet">
              <code>npx handset catalogue import samloader</code> adds 8,400 of Samsung,{' '}
              <code>npx handset catalogue set TAC</code> names a single one.
            </p>
          </Part>
        </>
      )}
    </>
  )
}
