import type { DeviceModel } from '@handset/sdk'
import { useEffect, useState } from 'preact/hooks'
import { nameOfModel } from '../device/name.ts'
import { Picker } from '../find/picker.tsx'
import { ChoiceFilter, TextFilter, useFilterSetter } from '../list/filters.tsx'
import { useLoaded } from '../loading.ts'
import { useRoute } from '../router.ts'
import { useSession } from '../session.ts'
import type { TakesEsim } from './esim.tsx'
import { DEVICE_TYPES, TYPE_NAMES } from './type.ts'

/** The filters that the lists of models and devices share. */
export const MODEL_FILTERS = ['q', 'brand', 'type', 'esim'] as const

/** The filters as query parameters of the API. */
export function toModelQuery({ q, brand, type, esim }: Partial<Record<(typeof MODEL_FILTERS)[number], string>>) {
  return {
    ...(q && { q }),
    ...(brand && { brand: [brand] }),
    ...(type && { type: [type as DeviceModel['type']] }),
    ...(esim && { esim: esim as TakesEsim }),
  }
}

export function ModelFilters({ q }: { q: string }) {
  const { handset } = useSession()
  const chosen = useRoute().query.get('brand')
  const [brands] = useLoaded((signal) => handset.deviceModelBrands.list({ signal }), [handset])
  return (
    <>
      <TextFilter name="q" label={q} />
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
      <ChoiceFilter
        name="esim"
        label="eSIM"
        any="Any"
        values={[
          { value: 'yes', title: 'Takes one' },
          { value: 'no', title: 'Takes none' },
          { value: 'unknown', title: 'Not known' },
        ]}
      />
    </>
  )
}

/** The value of the filter by model for devices that the catalogue does not know. */
export const UNKNOWN_MODEL = 'unknown'

/** A filter by model, which is found by the start of its name. */
export function ModelFilter() {
  const { handset } = useSession()
  const setFilters = useFilterSetter()
  const set = useRoute().query.get('model')
  const id = set === UNKNOWN_MODEL ? null : set
  const [loaded] = useLoaded(
    async (signal) => (id === null ? null : handset.deviceModels.retrieve(id, { signal })),
    [handset, id],
  )
  const [text, setText] = useState('')
  const model = loaded.state === 'ready' ? loaded.value : null
  useEffect(() => setText(model === null ? '' : nameOfModel(model)), [model])
  return (
    <Picker
      kind="model"
      label="Model"
      placeholder="Start of its name"
      text={text}
      problem={loaded.state === 'failed' ? 'There is no such model.' : null}
      onText={(text) => {
        setText(text)
        if (text === '') setFilters({ model: '' })
      }}
      onPick={({ object }) => setFilters({ model: object.id })}
    />
  )
}
