import type { Device } from '@handset/sdk'
import { useMemo, useState } from 'preact/hooks'
import { deviceActions } from '../bulk/actions.tsx'
import { DEVICE_COLUMNS } from '../list/columns.tsx'
import { ExportButton } from '../list/export-button.tsx'
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
import { ListCount } from '../list/list-count.tsx'
import type { Load } from '../list/paging.ts'
import { recordOfDevice } from '../list/records.ts'
import { MODEL_FILTERS, ModelFilter, ModelFilters, toModelQuery, UNKNOWN_MODEL } from '../model/filters.tsx'
import { Empty } from '../parts/empty.tsx'
import { ForEditors } from '../parts/for-editors.tsx'
import { Heading } from '../parts/heading.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'

const MORE_FILTERS = ['model', 'tac', 'createdAfter', 'createdBefore'] as const
const FILTERS = ['user', 'sim', ...MODEL_FILTERS, ...MORE_FILTERS] as const

export function DevicesPage() {
  const { handset } = useSession()
  const filters = useFilters(FILTERS)
  const [error, setError] = useState<unknown>(null)
  const actions = useMemo(() => deviceActions(handset), [handset])
  const { user, sim, model, tac, createdAfter, createdBefore } = filters
  const query = {
    ...(user && { user }),
    ...(sim && { sim }),
    ...(model && { model }),
    ...toModelQuery(filters),
    ...(tac && { tac: tac.split(/[\s,]+/) }),
    ...(createdAfter && { createdAfter: momentOf(createdAfter) }),
    ...(createdBefore && { createdBefore: momentOf(createdBefore) }),
  }
  const load: Load<Device> = (position, signal) => handset.devices.list({ ...query, ...position }, { signal })
  return (
    <>
      <Heading
        title="Devices"
        note={<ListCount one="device" filters={filters} load={(signal) => handset.devices.count(query, { signal })} />}
      >
        <ExportButton name="devices" load={load} toRecord={recordOfDevice} />
        <ForEditors>
          <a class="button button-main" href={hrefOf('/devices/new')}>
            Register a device
          </a>
        </ForEditors>
      </Heading>
      <Filters names={FILTERS} error={error}>
        <ModelFilters q="Name or metadata" />
        <MoreFilters names={MORE_FILTERS}>
          <ModelFilter />
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
      {model === UNKNOWN_MODEL && <SetFilter name="model">Only devices that the catalogue does not know.</SetFilter>}
      {filters.sim && <SetFilter name="sim">Only the device with one SIM.</SetFilter>}
      <List
        caption="Devices, newest first"
        columns={DEVICE_COLUMNS}
        filters={filters}
        load={load}
        bulk={actions}
        empty={<NoDevices filtered={Object.keys(filters).length > 0} />}
        onError={setError}
      />
    </>
  )
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
    <Empty title="No device is registered yet." isStart>
      <ForEditors>
        <p>
          <a href={hrefOf('/devices/new')}>Register one</a>, or <a href={hrefOf('/import')}>import a file</a>.
        </p>
      </ForEditors>
    </Empty>
  )
}
