import { useEffect, useRef, useState } from 'preact/hooks'
import { useAction } from '../loading.ts'
import { Failure } from '../parts/failure.tsx'
import { ForEditors } from '../parts/for-editors.tsx'
import type { Load } from './paging.ts'
import { type CsvRecord, loadAll, save, toCsv } from './records.ts'

/** Exports everything that the filters select as CSV, with a count of what is loaded. Pressed again, it stops. */
export function ExportButton<Item>({
  name,
  load,
  toRecord,
}: {
  /** Of the file, without `.csv`. */
  name: string
  load: Load<Item>
  toRecord: (item: Item) => CsvRecord
}) {
  const [count, setCount] = useState<number | null>(null)
  const stop = useRef(new AbortController())
  const action = useAction()
  useEffect(() => () => stop.current.abort(), [])
  const run = () =>
    action.run(async () => {
      stop.current = new AbortController()
      const { signal } = stop.current
      setCount(0)
      try {
        const items = await loadAll(load, signal, setCount)
        signal.throwIfAborted()
        save(toCsv(items.map(toRecord)), `${name}.csv`)
      } catch (error) {
        if (!signal.aborted) throw error
      } finally {
        setCount(null)
      }
    })
  return (
    <ForEditors>
      <button type="button" class="button export-button" onClick={() => (action.busy ? stop.current.abort() : run())}>
        {count === null ? 'Export' : `${count.toLocaleString()} loaded. Stop`}
      </button>
      {action.error !== null && <Failure error={action.error} />}
    </ForEditors>
  )
}
