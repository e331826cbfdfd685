import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Encoding } from '../../../src/domain/csv/decode.ts'
import { readIdentifier } from '../identifier/read.ts'
import { remarkOn } from '../identifier/remark.ts'
import type { ImportFile, ImportRow } from '../import-file.ts'
import { createImportRun, type ImportRun, type Progress } from '../import-run.ts'
import { useAction } from '../loading.ts'
import { ChoiceField } from '../parts/field.tsx'
import { Heading } from '../parts/heading.tsx'
import { Icon } from '../parts/icon.tsx'
import { Part } from '../parts/part.tsx'
import './import.css'
import { Failure } from '../parts/failure.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'

const PREVIEWED = 20
const EXAMPLE = new Blob(
  [
    'imei,name,user,iccids,metadata.shop\r\n',
    '492388841798923,Jerrys iPhone,jerry@example.com,89883070000007537119,Berlin\r\n',
  ],
  { type: 'text/csv' },
)

interface Chosen extends ImportFile {
  preview: readonly ImportRow[]
  /** Whether the preview shows all rows of the file. */
  isWhole: boolean
}

export function ImportPage() {
  const [file, setFile] = useState<File | null>(null)
  const [encoding, setEncoding] = useState<Encoding | ''>('')
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const reading = useAction()
  const open = (file: File, encoding: Encoding | '') => {
    setChosen(null)
    reading.run(async () => setChosen(await preview(file, encoding || undefined)))
  }
  const choose = (file: File | undefined) => {
    if (file === undefined) return
    setFile(file)
    open(file, encoding)
  }
  return (
    <>
      <Heading title="Import devices" />
      <p class="lead">
        A CSV file whose first line names its columns: <code>imei</code>, and any of <code>name</code>,{' '}
        <code>user</code> (an e‑mail address), <code>iccids</code> and <code>metadata.KEY</code>. Files that{' '}
        <code class="whole">handset devices export</code> writes can be imported.{' '}
        <Download file={EXAMPLE} name="handset-example.csv">
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
      <div class="encoding">
        <ChoiceField
          label="Encoding"
          value={encoding}
          onChange={({ currentTarget }) => {
            const chosenEncoding = currentTarget.value as Encoding | ''
            setEncoding(chosenEncoding)
            if (file !== null) open(file, chosenEncoding)
          }}
        >
          <option value="">As the file says, or UTF‑8</option>
          <option value="windows-1252">Windows‑1252</option>
          <option value="utf-16">UTF‑16</option>
        </ChoiceField>
      </div>
      {reading.error !== null && <Failure error={reading.error} />}
      {chosen !== null && <ChosenFile file={chosen} />}
    </>
  )
}

async function preview(chosen: File, encoding: Encoding | undefined): Promise<Chosen> {
  // Loaded when there is a file to read.
  const { openImport } = await import('../import-file.ts')
  const file = await openImport(chosen, encoding)
  const preview: ImportRow[] = []
  for await (const row of file.rows()) {
    if (preview.length === PREVIEWED) return { ...file, preview, isWhole: false }
    preview.push(row)
  }
  return { ...file, preview, isWhole: true }
}

const NOTHING: Progress = { rows: 0, bytes: 0, registered: 0, existing: 0, rejected: 0, elapsed: 0 }

type State = 'preview' | 'running' | 'stopped' | 'done'

function ChosenFile({ file }: { file: Chosen }) {
  const { handset } = useSession()
  const run = useMemo(() => createImportRun(handset, file), [handset, file])
  const [progress, setProgress] = useState<Progress>(NOTHING)
  const [state, setState] = useState<State>('preview')
  const [error, setError] = useState<unknown>(null)
  const stop = useRef(new AbortController())
  useEffect(() => () => stop.current.abort(), [])
  useLeaveWarning(state === 'running')

  async function goOn() {
    stop.current = new AbortController()
    setError(null)
    setState('running')
    try {
      await run.run(stop.current.signal, setProgress)
      setState('done')
    } catch (error) {
      setState('stopped')
      if (!stop.current.signal.aborted) setError(error)
    }
  }

  return (
    <Part title={file.name} action={<span class="quiet">{sizeOf(file.size)}</span>}>
      {state === 'preview' ? (
        <>
          <div class="actions">
            <button type="button" class="button button-main" disabled={file.preview.length === 0} onClick={goOn}>
              {file.isWhole ? `Import ${counted(file.preview.length, 'row')}` : 'Import all rows'}
            </button>
            <p class="quiet">Devices that are already registered are not registered twice.</p>
          </div>
          <Preview file={file} />
        </>
      ) : (
        <ProgressPart file={file} progress={progress} state={state} />
      )}
      {state === 'running' && (
        <div class="actions">
          <button type="button" class="button" onClick={() => stop.current.abort()}>
            Stop
          </button>
          <p class="quiet">Keep this page open until it is done.</p>
        </div>
      )}
      {error !== null && <Failure error={error} />}
      {state === 'stopped' && (
        <div class="actions">
          <button type="button" class="button button-main" onClick={goOn}>
            Continue
          </button>
          <p class="quiet">Rows that were imported are not imported twice.</p>
        </div>
      )}
      {(state === 'done' || state === 'stopped') && <Outcome file={file} progress={progress} run={run} />}
    </Part>
  )
}

/** Closing the tab ends an import, so the browser asks first. */
function useLeaveWarning(isRunning: boolean): void {
  useEffect(() => {
    if (!isRunning) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isRunning])
}

function Preview({ file: { columns, preview, isWhole } }: { file: Chosen }) {
  const remarks = preview.map(remarkOnRow)
  const bad = remarks.filter((remark) => remark !== null).length
  const shown = isWhole ? 'All rows' : `The first ${PREVIEWED} rows`
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll it
    <section class="scroll" tabIndex={0} aria-label="Preview">
      <table class="preview">
        <caption>{bad === 0 ? shown : `${shown}, ${bad} with a problem`}</caption>
        <thead>
          <tr>
            <th scope="col">Line</th>
            {bad > 0 && <th scope="col">Problem</th>}
            {columns.map((name, at) => (
              <th key={at} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.map(({ line, cells }, position) => {
            const remark = remarks[position]
            return (
              <tr key={line} class={remark ? 'is-bad' : undefined}>
                <td class="numeric">{line}</td>
                {bad > 0 && <td class="row-remark">{remark}</td>}
                {columns.map((_, at) => (
                  <td key={at}>{cells[at]}</td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

/** The problems with a row that the page finds without the API. */
function remarkOnRow({ fault, device: { imei = '' } }: ImportRow): string | null {
  if (fault !== null) return fault
  if (imei === '') return 'The row has no IMEI.'
  const reading = readIdentifier(imei)
  if (reading.kind !== 'imei' && reading.kind !== 'imeisv') return 'The IMEI is not 15 or 16 digits.'
  return reading.kind === 'imei' && !reading.isValid ? remarkOn(reading).text : null
}

function ProgressPart({ file: { size }, progress, state }: { file: Chosen; progress: Progress; state: State }) {
  const { rows, bytes, registered, existing, rejected } = progress
  return (
    <div class="progress">
      <progress max={size} value={state === 'done' ? size : bytes} aria-label="Import" />
      <p role="status">
        {state === 'done' ? 'Done. ' : state === 'stopped' ? 'Stopped. ' : ''}
        {counted(rows, 'row')}: {registered.toLocaleString()} registered, {existing.toLocaleString()} already
        registered, {rejected.toLocaleString()} rejected.
      </p>
      {rows > 0 && <p class="quiet numeric">{paceOf(progress, size, state)}</p>}
    </div>
  )
}

/** The speed of the import and the time that remains. */
function paceOf({ rows, bytes, elapsed }: Progress, size: number, state: State): string {
  const pace = `${Math.round((rows / elapsed) * 1000).toLocaleString()} rows a second`
  if (state !== 'running') return `${pace}, ${durationOf(elapsed)} in total`
  return `${pace}, about ${durationOf((elapsed / bytes) * (size - bytes))} left`
}

function durationOf(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000)
  return seconds < 100 ? counted(seconds, 'second') : counted(Math.round(seconds / 60), 'minute')
}

function sizeOf(bytes: number): string {
  const [size, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB']
  return `${size.toLocaleString(undefined, { maximumFractionDigits: size < 10 ? 1 : 0 })} ${unit}`
}

function Outcome({ file, progress: { rejected }, run }: { file: Chosen; progress: Progress; run: ImportRun }) {
  return (
    <>
      <div class="actions">
        <a class="button" href={hrefOf('/devices')}>
          See the devices
        </a>
        {rejected > 0 && (
          <Download button file={run.rejects()} name={file.name.replace(/(\.csv)?$/i, '.rejects.csv')}>
            Download {counted(rejected, 'rejected row')}
          </Download>
        )}
      </div>
      {rejected > 0 && (
        <>
          <p class="quiet">Correct the rejected rows in that file, then import it.</p>
          <ul class="rejects">
            {run.firstRejects.map(({ line, reason }) => (
              <li key={line}>
                <span class="quiet">Line {line}</span> {reason.replaceAll('`', '')}
              </li>
            ))}
          </ul>
          {rejected > run.firstRejects.length && <p class="quiet">The file has the others.</p>}
        </>
      )}
    </>
  )
}

/** A link that downloads a file made in the page. */
function Download({
  file,
  name,
  button = false,
  children,
}: {
  file: Blob
  name: string
  button?: boolean
  children: ComponentChildren
}) {
  const [url, setUrl] = useState('')
  useEffect(() => {
    const made = URL.createObjectURL(file)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [file])
  return (
    <a class={button ? 'button' : undefined} href={url} download={name}>
      {children}
    </a>
  )
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`
}
