import { useState } from 'preact/hooks'
import { Filters, useFilters } from '../parts/filters.tsx'
import { Heading } from '../parts/heading.tsx'
import { List } from '../parts/list.tsx'
import { MODEL_FILTERS, ModelFilters, toModelQuery } from '../parts/model-filters.tsx'
import { Empty } from '../parts/states.tsx'
import { MODEL_COLUMNS } from '../parts/tables.tsx'
import { useSession } from '../session.ts'

export function ModelsPage() {
  const { handset } = useSession()
  const filters = useFilters(MODEL_FILTERS)
  const [error, setError] = useState<unknown>(null)
  const query = toModelQuery(filters)
  return (
    <>
      <Heading title="Models" />
      <p class="lead">The catalogue: what Handset knows of phones from the first eight digits of their IMEIs.</p>
      <Filters error={error}>
        <ModelFilters />
      </Filters>
      <List
        caption="Models of the catalogue, newest first"
        columns={MODEL_COLUMNS}
        filters={filters}
        load={(position, signal) => handset.deviceModels.list({ ...query, ...position }, { signal })}
        empty={<Empty title="No model is like this." />}
        onError={setError}
      />
    </>
  )
}
