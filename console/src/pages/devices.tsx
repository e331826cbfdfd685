import { useState } from 'preact/hooks'
import { DEVICE_COLUMNS } from '../list/columns.tsx'
import {
  ClearFilters,
  DayFilter,
  Filters,
  MoreFilters,
  momentOf,
  SetFilter,
  TextFilter,
  useFilters,
} from '../list/filters.tsx'
import { List } from '../list/list.tsx'
import { useLoaded } from '../loading.ts'
import { MODEL_FILTERS, ModelFilters, toModelQuery } from '../model/filters.tsx'
import { Empty } from '../parts/empty.tsx'
import { ForEditors } from '../parts/for-editors.tsx'
import { Heading } from '../parts/heading.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'

const MORE_FILTERS = ['tac', 'createdAfter', 'createdBefore'] as const
const FILTERS = ['user', 'sim', ...MODEL_FILTERS, ...MORE_FILTERS] as const

export function DevicesPage() {
  const { handset } = useSession()
  const filters = useFilters(FILTERS)
  const [error, setError] = useState<unknown>(null)
  const { user, sim, tac, createdAfter, createdBefore } = filters
  const query = {
    ...(user && { user }),
    ...(sim && { sim }),
    ...toModelQuery(filters),
    ...(tac && { tac: tac.split(/[\s,]+/) }),
    ...(createdAfter && { createdAfter: momentOf(createdAfter) }),
    ...(createdBefore && { createdBefore: momentOf(createdBefore) }),
  }
  return (
    <>
      <Heading title="Devices" note={Object.keys(filters).length === 0 && <DeviceCount />}>
        <ForEditors>
          <a class="button button-main" href={hrefOf('/devices/new')}>
            Register a device
          </a>
        </ForEditors>
      </Heading>
      <Filters names={FILTERS} error={error}>
        <ModelFilters />
        <MoreFilters names={MORE_FILTERS}>
          <TextFilter
            name="tac"
            label="TAC"
            placeholder="8 digits"
            inputMode="numeric"
            isComplete={(text) => /^\d{8}$/.test(text)}
          />
          <DayFilter name="createdAfter" label="Added from" />
          <DayFilter name="createdBefore" label="Added before" />
        </MoreFilters>
      </Filters>
      {filters.user && <SetFilter name="user">Only the devices of one user.</SetFilter>}
      {filters.sim && <SetFilter name="sim">Only the device with one SIM.</SetFilter>}
      <List
        caption="Devices, newest first"
        columns={DEVICE_COLUMNS}
        filters={filters}
        load={(position, signal) => handset.devices.list({ ...query, ...position }, { signal })}
        empty={<NoDevices filtered={Object.keys(filters).length > 0} />}
        onError={setError}
      />
    </>
  )
}

/** How many devices the project has. The list does not wait for it. */
function DeviceCount() {
  const { handset } = useSession()
  const [loaded] = useLoaded((signal) => handset.devices.statistics({ signal }), [handset])
  return loaded.state === 'ready' ? <span>{loaded.value.devices.toLocaleString()}</span> : null
}

function NoDevices({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <Empty title="No device matches these filters.">
        <ClearFilters names={FILTERS} />
      </Empty>
    )
  }
  return (
    <Empty title="No device is registered yet.">
      <ForEditors>
        <p>
          <a href={hrefOf('/devices/new')}>Register one</a>, or <a href={hrefOf('/import')}>import a file</a>.
        </p>
      </ForEditors>
    </Empty>
  )
}
