import { useState } from 'preact/hooks'
import { MODEL_COLUMNS } from '../list/columns.tsx'
import { ClearFilters, Filters, useFilters } from '../list/filters.tsx'
import { List } from '../list/list.tsx'
import { MODEL_FILTERS, ModelFilters, toModelQuery } from '../model/filters.tsx'
import { Empty } from '../parts/empty.tsx'
import { Heading } from '../parts/heading.tsx'
import { useSession } from '../session.ts'

export function ModelsPage() {
  const { handset } = useSession()
  const filters = useFilters(MODEL_FILTERS)
  const [error, setError] = useState<unknown>(null)
  const query = toModelQuery(filters)
  return (
    <>
      <Heading title="Models" />
      <p class="lead">The models that Handset recognises by the first eight digits of an IMEI.</p>
      <Filters names={MODEL_FILTERS} error={error}>
        <ModelFilters q="Name starts with" />
      </Filters>
      <List
        caption="Models of the catalogue, newest first"
        columns={MODEL_COLUMNS}
        filters={filters}
        load={(position, signal) => handset.deviceModels.list({ ...query, ...position }, { signal })}
        empty={
          <Empty title="No model matches these filters.">
            <ClearFilters names={MODEL_FILTERS} />
          </Empty>
        }
        onError={setError}
      />
    </>
  )
}
