import type { Sim } from '@handset/sdk'
import { ChoiceFilter, Filters, SetFilter, useFilters } from '../parts/filters.tsx'
import { Heading } from '../parts/heading.tsx'
import { List } from '../parts/list.tsx'
import { SIM_STATUSES } from '../parts/sim.tsx'
import { Empty } from '../parts/states.tsx'
import { SIM_COLUMNS } from '../parts/tables.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'

const FILTERS = ['user', 'type', 'status'] as const

export function SimsPage() {
  const { handset } = useSession()
  const { user, type, status } = useFilters(FILTERS)
  const query = {
    ...(user ? { user } : {}),
    ...(type ? { type: [type as Sim['type']] } : {}),
    ...(status ? { status: status.split(' ') as Sim['status'][] } : {}),
  }
  return (
    <>
      <Heading title="SIMs">
        <a class="button button-main" href={hrefOf('/sims/new')}>
          Add a SIM
        </a>
      </Heading>
      <Filters>
        <ChoiceFilter name="type" label="Type" any="Any type" values={['eSIM', 'pSIM']} />
        <ChoiceFilter
          name="status"
          label="Status"
          any="In use"
          values={[...SIM_STATUSES, { value: SIM_STATUSES.join(' '), title: 'all' }]}
        />
      </Filters>
      {user && <SetFilter name="user">Only the SIMs on devices of one user.</SetFilter>}
      <List
        caption="SIMs, newest first"
        columns={SIM_COLUMNS}
        filters={{ ...(user && { user }), ...(type && { type }), ...(status && { status }) }}
        load={(position, signal) => handset.sims.list({ ...query, ...position }, { signal })}
        empty={<Empty title={type || status || user ? 'No SIM is like this.' : 'There are no SIMs yet.'} />}
      />
    </>
  )
}
