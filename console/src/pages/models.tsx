import type { DeviceModel } from '@handset/sdk'
import { useLoaded } from '../loading.ts'
import { ChoiceFilter, Filters, useFilters } from '../parts/filters.tsx'
import { Heading } from '../parts/heading.tsx'
import { List } from '../parts/list.tsx'
import { Empty } from '../parts/states.tsx'
import { MODEL_COLUMNS } from '../parts/tables.tsx'
import { useSession } from '../session.ts'

export const DEVICE_TYPES = [
  'smartphone',
  'feature-phone',
  'tablet',
  'laptop',
  'smartwatch',
  'wearable',
  'router',
  'car',
  'iot',
  'other',
] as const satisfies readonly DeviceModel['type'][]

const FILTERS = ['brand', 'type', 'simType'] as const

export function ModelsPage() {
  const { handset } = useSession()
  const filters = useFilters(FILTERS)
  const [brands] = useLoaded((signal) => handset.deviceModelBrands.list({ signal }), [handset])
  const query = {
    ...(filters.brand && { brand: [filters.brand] }),
    ...(filters.type && { type: [filters.type as DeviceModel['type']] }),
    ...(filters.simType && { simType: [filters.simType as DeviceModel['simTypes'][number]] }),
  }
  return (
    <>
      <Heading title="Models" />
      <p class="lead">The catalogue: what Handset knows of phones from the first eight digits of their IMEIs.</p>
      <Filters>
        <ChoiceFilter
          name="brand"
          label="Brand"
          any="Any brand"
          values={brands.state === 'ready' ? brands.value.items : filters.brand ? [filters.brand] : []}
        />
        <ChoiceFilter name="type" label="Type" any="Any type" values={DEVICE_TYPES} />
        <ChoiceFilter name="simType" label="Takes" any="Any SIM" values={['eSIM', 'pSIM']} />
      </Filters>
      <List
        caption="Models of the catalogue, newest first"
        columns={MODEL_COLUMNS}
        filters={filters}
        load={(position, signal) => handset.deviceModels.list({ ...query, ...position }, { signal })}
        empty={<Empty title="No model is like this." />}
      />
    </>
  )
}
