import type { Progress } from '../import-run.ts'
import { counted } from './counted.ts'

export type State = 'running' | 'stopped' | 'done'

/** How far an import or a check is, and what it has done. */
export function ProgressPart({
  size,
  progress,
  state,
  isCheck,
}: {
  /** Of the file, in bytes. */
  size: number
  progress: Progress
  state: State
  isCheck: boolean
}) {
  const { rows, bytes, created, updated, unchanged, rejected } = progress
  const results = [
    `${created.toLocaleString()} ${isCheck ? 'new' : 'added'}`,
    ...(updated > 0 ? [`${updated.toLocaleString()} ${isCheck ? 'to change' : 'changed'}`] : []),
    `${unchanged.toLocaleString()} already there`,
    `${rejected.toLocaleString()} rejected`,
  ]
  return (
    <div class="progress">
      <progress max={size} value={state === 'done' ? size : bytes} aria-label={isCheck ? 'Check' : 'Import'} />
      <p role="status">
        {state === 'done' ? (isCheck ? 'Checked. ' : 'Done. ') : state === 'stopped' ? 'Stopped. ' : ''}
        {counted(rows, 'row')}: {results.join(', ')}.{isCheck && state === 'done' && ' Nothing is stored yet.'}
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
