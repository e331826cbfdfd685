import { useEffect, useRef, useState } from 'preact/hooks'
import { createImportRun, type ImportRun, NOTHING, type Progress } from '../import-run.ts'
import { Failure } from '../parts/failure.tsx'
import { Part } from '../parts/part.tsx'
import { hrefOf } from '../router.ts'
import { useSession } from '../session.ts'
import { counted } from './counted.ts'
import { Download } from './download.tsx'
import { KIND_TEXTS } from './kinds.ts'
import { type Chosen, Preview } from './preview.tsx'
import { ProgressPart, type State } from './progress.tsx'

/** A check or an import that was started. */
interface Started {
  run: ImportRun
  isCheck: boolean
}

/** A file, which can be checked and then imported. */
export function ChosenFile({ file }: { file: Chosen }) {
  const { handset } = useSession()
  const [update, setUpdate] = useState(false)
  const [started, setStarted] = useState<Started | null>(null)
  const [progress, setProgress] = useState<Progress>(NOTHING)
  const [state, setState] = useState<State>('done')
  const [error, setError] = useState<unknown>(null)
  const stop = useRef(new AbortController())
  useEffect(() => () => stop.current.abort(), [])
  useLeaveWarning(state === 'running')

  function start(isCheck: boolean) {
    const run = createImportRun(handset, file, { kind: file.kind, update, dryRun: isCheck })
    setProgress(NOTHING)
    setStarted({ run, isCheck })
    goOn(run)
  }

  async function goOn(run: ImportRun) {
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

  const canStart = started === null || (started.isCheck && state !== 'running')
  return (
    <Part title={file.name} action={<span class="quiet">{sizeOf(file.size)}</span>}>
      {started !== null && (
        <ProgressPart size={file.size} progress={progress} state={state} isCheck={started.isCheck} />
      )}
      {canStart && (
        <div class="import-start">
          <label class="check">
            <input
              type="checkbox"
              checked={update}
              onChange={({ currentTarget }) => {
                setUpdate(currentTarget.checked)
                setStarted(null)
              }}
            />
            Also update the {KIND_TEXTS[file.kind].objects} that exist already
          </label>
          <div class="actions">
            <button
              type="button"
              class="button button-main"
              disabled={file.preview.length === 0}
              onClick={() => start(false)}
            >
              {file.isWhole ? `Import ${counted(file.preview.length, 'row')}` : 'Import all rows'}
            </button>
            <button type="button" class="button" disabled={file.preview.length === 0} onClick={() => start(true)}>
              Check without storing anything
            </button>
          </div>
        </div>
      )}
      {started === null && <Preview file={file} />}
      {started !== null && state === 'running' && (
        <div class="actions">
          <button type="button" class="button" onClick={() => stop.current.abort()}>
            Stop
          </button>
          <p class="quiet">Keep this page open until it is done.</p>
        </div>
      )}
      {error !== null && <Failure error={error} />}
      {started !== null && state === 'stopped' && (
        <div class="actions">
          <button type="button" class="button button-main" onClick={() => goOn(started.run)}>
            Continue
          </button>
          {!started.isCheck && <p class="quiet">Rows that were imported are not imported twice.</p>}
        </div>
      )}
      {started !== null && state !== 'running' && <Outcome file={file} progress={progress} started={started} />}
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

function Outcome({
  file,
  progress: { rejected },
  started: { run, isCheck },
}: {
  file: Chosen
  progress: Progress
  started: Started
}) {
  const { list, see } = KIND_TEXTS[file.kind]
  return (
    <>
      <div class="actions">
        {!isCheck && (
          <a class="button" href={hrefOf(list)}>
            {see}
          </a>
        )}
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
          {rejected > run.firstRejects.length && <p class="quiet">The downloaded file lists the rest.</p>}
        </>
      )}
    </>
  )
}

function sizeOf(bytes: number): string {
  const [size, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB']
  return `${size.toLocaleString(undefined, { maximumFractionDigits: size < 10 ? 1 : 0 })} ${unit}`
}
