import type { Device, Sim } from '@handset/sdk'
import { useMemo, useState } from 'preact/hooks'
import { simActions } from '../bulk/actions.tsx'
import { SIM_COLUMNS } from '../list/columns.tsx'
import type { LoadDetails } from '../list/details.ts'
import { ExportButton } from '../list/export-button.tsx'
import { ChoiceFilter, ClearFilters, Filters, SetFilter, TextFilter, useFilters } from '../list/filters.tsx'
import { List } from '../list/list.tsx'
import { ListCount } from '../list/list-count.tsx'
import type { Load } from '../list/paging.ts'
import { recordOfSim } from '../list/records.ts'
import { useLoaded } from '../loading.ts'
import { Empty } from '../parts/empty.tsx'
import { ForEditors } from '../parts/for-editors.tsx'
import { Heading } from '../parts/heading.tsx'
import { WhenLoaded } from '../parts/when-loaded.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'
import { SIM_STATUSES, STATUS_NAMES } from '../sim/status-names.ts'
import { SIM_TYPE_NAMES, SIM_TYPES } from '../sim/type-names.ts'

const FILTERS = ['q', 'user', 'type', 'status', 'provider'] as const

export function SimsPage() {
  const { handset } = useSession()
  const filters = useFilters(FILTERS)
  const [error, setError] = useState<unknown>(null)
  const { q, user, type, status, provider } = filters
  const query = {
    ...(q ? { q } : {}),
    ...(user ? { user } : {}),
    ...(type ? { type: [type as Sim['type']] } : {}),
    ...(status ? { status: status.split(' ') as Sim['status'][] } : {}),
    ...(provider ? { provider: [provider] } : {}),
  }
  const actions = useMemo(() => simActions(handset), [handset])
  // A page has at most as many SIMs as the filter accepts (docs/contract.md §8).
  const loadDetails: LoadDetails<Sim, Device | null> = async (items) => {
    const { items: devices } = await handset.devices.list({ sims: items.map(({ id }) => id), limit: items.length })
    const holders = devices.flatMap((device) => device.sims.map(({ id }) => [id, device] as const))
    return new Map<string, Device | null>([...items.map(({ id }) => [id, null] as const), ...holders])
  }
  const load: Load<Sim> = (position, signal) => handset.sims.list({ ...query, ...position }, { signal })
  return (
    <>
      <Heading
        title="SIMs"
        note={<ListCount one="SIM" filters={filters} load={(signal) => handset.sims.count(query, { signal })} />}
      >
        <ExportButton name="sims" load={load} toRecord={recordOfSim} />
        <ForEditors>
          <a class="button button-main" href={hrefOf('/sims/new')}>
            Add a SIM
          </a>
        </ForEditors>
      </Heading>
      <Filters names={FILTERS} error={error}>
        <TextFilter name="q" label="Digits or metadata" />
        <ChoiceFilter
          name="type"
          label="Type"
          any="Any type"
          values={SIM_TYPES.map((value) => ({ value, title: SIM_TYPE_NAMES[value] }))}
        />
        <ChoiceFilter
          name="status"
          label="Status"
          any="In use"
          values={[
            ...SIM_STATUSES.map((value) => ({ value, title: STATUS_NAMES[value] })),
            { value: SIM_STATUSES.join(' '), title: 'All' },
          ]}
        />
        <TextFilter name="provider" label="Provider" />
      </Filters>
      {user && <SetFilter name="user">Only the SIMs in devices of one user.</SetFilter>}
      <List
        caption="SIMs, newest first"
        columns={SIM_COLUMNS}
        filters={filters}
        load={load}
        loadDetails={loadDetails}
        bulk={actions}
        onError={setError}
        empty={
          Object.keys(filters).length > 0 ? (
            <Empty title="No SIM matches these filters.">
              <ClearFilters names={FILTERS} />
            </Empty>
          ) : (
            <NoSims />
          )
        }
      />
    </>
  )
}

/** Without filters, the list leaves out retired SIMs, which may be all that there are. */
function NoSims() {
  const { handset } = useSession()
  const [retired] = useLoaded(
    async (signal) => (await handset.sims.list({ status: ['retired'], limit: 1 }, { signal })).items.length > 0,
    [handset],
  )
  return (
    <WhenLoaded loaded={retired}>
      {(hasRetired) => (
        <Empty title={hasRetired ? 'No SIM is in use.' : 'There are no SIMs yet.'} isStart={!hasRetired}>
          {hasRetired && <a href={hrefOf('/sims', { status: 'retired' })}>Show the retired ones</a>}
          <ForEditors>
            <p>
              <a href={hrefOf('/sims/new')}>Add a SIM</a>, then attach it on the page of a device.
            </p>
          </ForEditors>
        </Empty>
      )}
    </WhenLoaded>
  )
}
