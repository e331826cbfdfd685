import { Filters, SetFilter, useFilters } from '../parts/filters.tsx'
import { Heading } from '../parts/heading.tsx'
import { List } from '../parts/list.tsx'
import { MODEL_FILTERS, ModelFilters, toModelQuery } from '../parts/model-filters.tsx'
import { Empty } from '../parts/states.tsx'
import { DEVICE_COLUMNS } from '../parts/tables.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'

const FILTERS = ['user', 'sim', ...MODEL_FILTERS] as const

export function DevicesPage() {
  const { handset } = useSession()
  const filters = useFilters(FILTERS)
  const { user, sim } = filters
  const query = { ...(user && { user }), ...(sim && { sim }), ...toModelQuery(filters) }
  return (
    <>
      <Heading title="Devices">
        <a class="button button-main" href={hrefOf('/devices/new')}>
          Register a device
        </a>
      </Heading>
      <Filters>
        <ModelFilters />
      </Filters>
      {filters.user && <SetFilter name="user">Only the devices of one user.</SetFilter>}
      {filters.sim && <SetFilter name="sim">Only the device that one SIM is on.</SetFilter>}
      <List
        caption="Devices, newest first"
        columns={DEVICE_COLUMNS}
        filters={filters}
        load={(position, signal) => handset.devices.list({ ...query, ...position }, { signal })}
        empty={<NoDevices filtered={Object.keys(filters).length > 0} />}
      />
    </>
  )
}

function NoDevices({ filtered }: { filtered: boolean }) {
  if (filtered) return <Empty title="No device is like this." />
  return (
    <Empty title="No device is registered yet.">
      <p>
        <a href={hrefOf('/devices/new')}>Register one</a>, or <a href={hrefOf('/import')}>import a file</a>.
      </p>
    </Empty>
  )
}
