import { useState } from 'preact/hooks'
import type { Encoding } from '../../../src/domain/csv/decode.ts'
import { ChosenFile } from '../import/chosen-file.tsx'
import { Download } from '../import/download.tsx'
import { IMPORT_KINDS, KIND_TEXTS } from '../import/kinds.ts'
import type { Chosen } from '../import/preview.tsx'
import type { ImportKind, ImportRow } from '../import-file.ts'
import { useAction } from '../loading.ts'
import { Failure } from '../parts/failure.tsx'
import { ChoiceField } from '../parts/field.tsx'
import { Heading } from '../parts/heading.tsx'
import { Icon } from '../parts/icon.tsx'
import { hrefOf, redirect, useRoute } from '../router.ts'
import './import.css'

const PREVIEWED = 20

export function ImportPage() {
  const { path, query } = useRoute()
  const kind = IMPORT_KINDS.find((kind) => kind === query.get('kind')) ?? 'devices'
  const { required, columns, example } = KIND_TEXTS[kind]
  const [file, setFile] = useState<File | null>(null)
  const [encoding, setEncoding] = useState<Encoding | ''>('')
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const reading = useAction()
  const open = (file: File, kind: ImportKind, encoding: Encoding | '') => {
    setChosen(null)
    reading.run(async () => setChosen(await preview(kind, file, encoding || undefined)))
  }
  const choose = (file: File | undefined) => {
    if (file === undefined) return
    setFile(file)
    open(file, kind, encoding)
  }
  return (
    <>
      <Heading title="Import" />
      <div class="import-choices">
        <ChoiceField
          label="The file has"
          value={kind}
          onChange={({ currentTarget }) => {
            const chosenKind = currentTarget.value as ImportKind
            redirect(hrefOf(path, { kind: chosenKind }))
            if (file !== null) open(file, chosenKind, encoding)
          }}
        >
          {IMPORT_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {KIND_TEXTS[kind].title}
            </option>
          ))}
        </ChoiceField>
        <ChoiceField
          label="Encoding"
          value={encoding}
          onChange={({ currentTarget }) => {
            const chosenEncoding = currentTarget.value as Encoding | ''
            setEncoding(chosenEncoding)
            if (file !== null) open(file, kind, chosenEncoding)
          }}
        >
          <option value="">As the file says, or UTF‑8</option>
          <option value="windows-1252">Windows‑1252</option>
          <option value="utf-16">UTF‑16</option>
        </ChoiceField>
      </div>
      <p class="lead">
        A CSV file, as spreadsheets save it, whose first line names its columns: <code>{required}</code>, and any of{' '}
        {columns.map((name, at) => (
          <span key={name}>
            {at > 0 && ', '}
            <code>{name}</code>
          </span>
        ))}
        . Exported files can be imported.{' '}
        <Download file={exampleFile(example)} name={`handset-${kind}-example.csv`}>
          Download an example
        </Download>
        .
      </p>
      <label
        class="drop"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault()
          choose(event.dataTransfer?.files[0])
        }}
      >
        <Icon name="upload" />
        <span>Choose a file, or drop it here</span>
        <input
          type="file"
          accept=".csv,text/csv,text/plain"
          onChange={({ currentTarget }) => {
            choose(currentTarget.files?.[0])
            currentTarget.value = ''
          }}
        />
      </label>
      {reading.error !== null && <Failure error={reading.error} />}
      {chosen !== null && <ChosenFile file={chosen} />}
    </>
  )
}

const examples = new Map<string, Blob>()

/** The same blob each time, so that its address stays. */
function exampleFile(text: string): Blob {
  const file = examples.get(text) ?? new Blob([text], { type: 'text/csv' })
  examples.set(text, file)
  return file
}

async function preview(kind: ImportKind, chosen: File, encoding: Encoding | undefined): Promise<Chosen> {
  // Loaded when there is a file to read.
  const { openImport } = await import('../import-file.ts')
  const file = await openImport(kind, chosen, encoding)
  const preview: ImportRow[] = []
  for await (const row of file.rows()) {
    if (preview.length === PREVIEWED) return { ...file, kind, preview, isWhole: false }
    preview.push(row)
  }
  return { ...file, kind, preview, isWhole: true }
}
