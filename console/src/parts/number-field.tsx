import type { ComponentProps } from 'preact'
import { joinLines, pastedText } from '../identifier/paste.ts'
import { readIdentifier, textOf } from '../identifier/read.ts'
import type { Identifier } from '../identifier/reading.ts'
import { TextField } from './field.tsx'
import './number-field.css'

interface NumberFieldProps extends Omit<ComponentProps<typeof TextField>, 'value' | 'onInput' | 'inputMode' | 'class'> {
  value: string
  onValue: (value: string) => void
  /** The kinds of number that the field accepts. If several are pasted, the person chooses one. */
  kinds: readonly Identifier['kind'][]
}

/** A field for an IMEI or ICCID, which accepts what people paste from phones, boxes and mails. */
export function NumberField({ value, onValue, kinds, ...field }: NumberFieldProps) {
  const reading = readIdentifier(value)
  const choices = reading.kind === 'several' ? reading.found.filter(({ kind }) => kinds.includes(kind)) : []
  return (
    <div
      class="number-field"
      onPaste={(event) => {
        const text = pastedText(event)
        if (!text.includes('\n')) return
        event.preventDefault()
        onValue(joinLines(text))
      }}
    >
      <TextField
        {...field}
        value={value}
        inputMode="numeric"
        class="numeric"
        onInput={({ currentTarget }) => onValue(currentTarget.value)}
      />
      {choices.length > 0 && (
        <div class="actions">
          {choices.map(textOf).map((number) => (
            <button key={number} type="button" class="button numeric" onClick={() => onValue(number)}>
              Use {number}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}
