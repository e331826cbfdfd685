import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { type CsvRecord, save, toCsv } from '../list/records.ts'
import { useNotices } from '../notices.tsx'
import { DeleteDialog } from '../parts/delete-dialog.tsx'
import './bulk.css'
import { RunPart } from './run-part.tsx'

/** Something to do with each selected row. */
export interface Run<Item> {
  /** What is being done, such as "Deleting." */
  title: string
  work: (item: Item) => Promise<unknown>
  /** What was done, for the notice. */
  report: (count: number) => string
  undo?: (items: readonly Item[]) => Promise<unknown>
}

/** What can be done with the selected rows of a list. */
export interface BulkActions<Item> {
  /** The plural of the items, such as "devices". */
  items: string
  titleOf: (item: Item) => string
  /** The page of an item, where a person can do what it needs first. */
  hrefOf: (item: Item) => string
  toRecord: (item: Item) => CsvRecord
  remove: Run<Item>
  /** What deleting them does. */
  warning: string
  /** A form for a further action, which it starts. */
  form?: (start: (run: Run<Item>) => void, close: () => void) => ComponentChildren
  /** The button that opens the form. */
  formLabel?: string
}

/** Shows how many rows are selected and what can be done with them. */
export function BulkBar<Item extends { id: string }>({
  selected,
  actions,
  onClear,
}: {
  selected: readonly Item[]
  actions: BulkActions<Item>
  onClear: () => void
}) {
  const { notify } = useNotices()
  const [mode, setMode] = useState<'choose' | 'form' | 'delete'>('choose')
  const [started, setStarted] = useState<{ run: Run<Item>; items: readonly Item[] } | null>(null)
  const start = (run: Run<Item>) => {
    setMode('choose')
    setStarted({ run, items: selected })
  }
  const count = selected.length.toLocaleString()
  if (started !== null) {
    const { run, items } = started
    return (
      <section class="bulk" aria-label="Selected rows">
        <RunPart
          title={run.title}
          items={items}
          titleOf={actions.titleOf}
          hrefOf={actions.hrefOf}
          work={run.work}
          onDone={(changed) =>
            notify(run.report(changed.length), run.undo && (() => run.undo?.(changed) ?? Promise.resolve()))
          }
          onClose={() => {
            setStarted(null)
            onClear()
          }}
        />
      </section>
    )
  }
  return (
    <section class="bulk" aria-label="Selected rows">
      <div class="actions">
        <strong role="status">{count} selected</strong>
        {actions.form && (
          <button type="button" class="button" aria-expanded={mode === 'form'} onClick={() => setMode('form')}>
            {actions.formLabel}
          </button>
        )}
        <button
          type="button"
          class="button"
          onClick={() => save(toCsv(selected.map(actions.toRecord)), `${actions.items}-selected.csv`)}
        >
          Export
        </button>
        <button type="button" class="button button-quiet button-danger-quiet" onClick={() => setMode('delete')}>
          Delete
        </button>
        <button type="button" class="button button-quiet" onClick={onClear}>
          Clear selection
        </button>
      </div>
      {mode === 'form' && actions.form?.(start, () => setMode('choose'))}
      {mode === 'delete' && (
        <DeleteDialog
          title={`Delete ${count} ${actions.items}?`}
          name={String(selected.length)}
          what={`number of ${actions.items}`}
          onClose={() => setMode('choose')}
          onDelete={async () => start(actions.remove)}
        >
          <p>{actions.warning}</p>
        </DeleteDialog>
      )}
    </section>
  )
}
