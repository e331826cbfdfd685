import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { type ImportFile, readImport, writeRejects } from '../import-file.ts'
import { type Progress, runImport } from '../import-run.ts'
import { useAction } from '../loading.ts'
import { Heading } from '../parts/heading.tsx'
import { Icon } from '../parts/icon.tsx'
import { Failure } from '../parts/states.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'

const PREVIEWED = 20
/** Beyond, a page is the wrong tool: `handset devices import` takes files of any size. */
const LARGEST = 20 * 1024 * 1024
const EXAMPLE = `imei,name,user,iccids,metadata.shop
492388841798923,Jerrys iPhone,jerry@example.com,89883070000007537119,Berlin
`

interface Chosen extends ImportFile {
  name: string
}

export function ImportPage() {
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const reading = useAction()
  const choose = (file: File | undefined) => {
    if (file === undefined) return
    setChosen(null)
    reading.run(async () => setChosen(await readFile(file)))
  }
  return (
    <>
      <Heading title="Import devices" />
      <p class="lead">
        A CSV file whose first line names its columns: <code>imei</code>, and any of <code>name</code>,{' '}
        <code>user</code> (an e-mail address), <code>iccids</code> and <code>metadata.KEY</code>.{' '}
        <Download text={EXAMPLE} name="handset-example.csv">
          An example to begin with
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

async function readFile(file: File): Promise<Chosen> {
  if (file.size > LARGEST) {
    throw new Error(`${file.name} is larger than 20 MB. Import it with: npx handset devices import`)
  }
  return { ...readImport(await file.text()), name: file.name }
}

const NOTHING: Progress = { done: 0, registered: 0, existing: 0, rejects: [] }

function ChosenFile({ file }: { file: Chosen }) {
  const { handset } = useSession()
  const [progress, setProgress] = useState<Progress>(NOTHING)
  const [state, setState] = useState<'preview' | 'running' | 'stopped' | 'done'>('preview')
  const [error, setError] = useState<unknown>(null)
  const stop = useRef(new AbortController())
  useEffect(() => () => stop.current.abort(), [])
  const good = file.rows.filter(({ problem }) => problem === null).length
  const bad = file.rows.length - good

  async function run() {
    stop.current = new AbortController()
    setError(null)
    setState('running')
    try {
      await runImport(handset, file.rows, stop.current.signal, setProgress)
      setState('done')
    } catch (error) {
      setState('stopped')
      if (!stop.current.signal.aborted) setError(error)
      stop.current.abort()
    }
  }

  return (
    <section class="part" aria-labelledby="file">
      <header class="part-head">
        <h2 id="file">{file.name}</h2>
      </header>
      <p>
        {counted(file.rows.length, 'row')}: {counted(good, 'looks', 'look')} right
        {bad > 0 && `, ${counted(bad, 'does', 'do')} not and will be rejected`}.
        {file.ignored.length > 0 && ` Not used: the columns ${file.ignored.join(', ')}.`}
      </p>
      {state === 'preview' && (
        <>
          <div class="actions">
            <button type="button" class="button button-main" disabled={good === 0} onClick={run}>
              Import {counted(good, 'device')}
            </button>
          </div>
          <Preview file={file} />
        </>
      )}
      {state !== 'preview' && <ProgressPart file={file} progress={progress} state={state} />}
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
          <button type="button" class="button button-main" onClick={run}>
            Go on
          </button>
          <p class="quiet">Rows that were registered are recognised, not doubled.</p>
        </div>
      )}
      {(state === 'done' || state === 'stopped') && <Outcome file={file} progress={progress} />}
    </section>
  )
}

function Preview({ file }: { file: Chosen }) {
  const { columns, rows } = file
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard
    <section class="scroll" tabIndex={0} aria-label="Preview">
      <table class="preview">
        <caption>{rows.length > PREVIEWED ? `The first ${PREVIEWED} rows` : 'All rows'}</caption>
        <thead>
          <tr>
            <th scope="col">Line</th>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">Remark</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, PREVIEWED).map(({ line, fields, problem }) => (
            <tr key={line} class={problem === null ? undefined : 'is-bad'}>
              <td class="numeric">{line}</td>
              {columns.map((name) => (
                <td key={name}>{fields[name]}</td>
              ))}
              <td>{problem}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function ProgressPart({ file, progress, state }: { file: Chosen; progress: Progress; state: string }) {
  const { done, registered, existing, rejects } = progress
  return (
    <div class="progress">
      <progress max={file.rows.length} value={done} aria-label="Import" />
      <p role="status">
        {state === 'done' ? 'Done. ' : state === 'stopped' ? 'Stopped. ' : ''}
        {done.toLocaleString()} of {file.rows.length.toLocaleString()}: {registered.toLocaleString()} registered,{' '}
        {existing.toLocaleString()} there already, {rejects.length.toLocaleString()} rejected.
      </p>
    </div>
  )
}

function Outcome({ file, progress: { rejects } }: { file: Chosen; progress: Progress }) {
  return (
    <>
      <div class="actions">
        <a class="button" href={hrefOf('/devices')}>
          See the devices
        </a>
        {rejects.length > 0 && (
          <Download
            button
            text={writeRejects(file.columns, rejects)}
            name={file.name.replace(/(\.csv)?$/i, '.rejects.csv')}
          >
            Download {counted(rejects.length, 'reject')}
          </Download>
        )}
      </div>
      {rejects.length > 0 && (
        <ul class="rejects">
          {rejects.slice(0, PREVIEWED).map(({ row, reason }) => (
            <li key={row.line}>
              <span class="quiet">Line {row.line}</span> {reason}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** A file that is made in the page. */
function Download({
  text,
  name,
  button = false,
  children,
}: {
  text: string
  name: string
  button?: boolean
  children: ComponentChildren
}) {
  const [url, setUrl] = useState('')
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [text])
  return (
    <a class={button ? 'button' : undefined} href={url} download={name}>
      {children}
    </a>
  )
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`
}
