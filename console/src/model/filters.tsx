import type { DeviceModel } from '@handset/sdk'
import { ChoiceFilter, TextFilter } from '../list/filters.tsx'
import { useLoaded } from '../loading.ts'
import { useRoute } from '../router.ts'
import { useSession } from '../session.ts'
import { DEVICE_TYPES, TYPE_NAMES } from './type.ts'

/** The filters that the lists of models and devices share. */
export const MODEL_FILTERS = ['q', 'brand', 'type', 'simType'] as const

/** The filters as query parameters of the API. */
export function toModelQuery({ q, brand, type, simType }: Partial<Record<(typeof MODEL_FILTERS)[number], string>>) {
  return {
    ...(q && { q }),
    ...(brand && { brand: [brand] }),
    ...(type && { type: [type as DeviceModel['type']] }),
    ...(simType && { simType: [simType as DeviceModel['simTypes'][number]] }),
  }
}

export function ModelFilters() {
  const { handset } = useSession()
  const chosen = useRoute().query.get('brand')
  const [brands] = useLoaded((signal) => handset.deviceModelBrands.list({ signal }), [handset])
  return (
    <>
      <TextFilter name="q" label="Name starts with" />
      <ChoiceFilter
        name="brand"
        label="Brand"
        any="Any brand"
        values={brands.state === 'ready' ? brands.value.items : chosen ? [chosen] : []}
      />
      <ChoiceFilter
        name="type"
        label="Type"
        any="Any type"
        values={DEVICE_TYPES.map((value) => ({ value, title: TYPE_NAMES[value] }))}
      />
      <ChoiceFilter name="simType" label="Takes" any="Any SIM" values={['eSIM', 'pSIM']} />
    </>
  )
}
