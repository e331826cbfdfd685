import { useState } from 'preact/hooks'
import './bulk.css'

/** The selected rows of a list. */
export interface Selection<Item> {
  items: readonly Item[]
  has(item: Item): boolean
  toggle(items: readonly Item[], isSelected: boolean): void
  clear(): void
}

export function useSelection<Item extends { id: string }>(): Selection<Item> {
  const [selected, setSelected] = useState<ReadonlyMap<string, Item>>(new Map())
  return {
    items: [...selected.values()],
    has: ({ id }) => selected.has(id),
    toggle(items, isSelected) {
      const next = new Map(selected)
      for (const item of items) {
        if (isSelected) next.set(item.id, item)
        else next.delete(item.id)
      }
      setSelected(next)
    },
    clear: () => setSelected(new Map()),
  }
}

/** The checkbox of a row, or of all rows. */
export function Pick({
  label,
  checked,
  onChange,
}: {
  label: string
  checked: boolean
  onChange: (checked: boolean) => void
}) {
  return (
    <label class="pick">
      <input
        type="checkbox"
        aria-label={label}
        checked={checked}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
    </label>
  )
}
