import { type ErrorBody, type Handset, HandsetError, type ImportResult } from '@handset/sdk'
import { textOfCell } from './error-text.ts'
import type { ImportFile, ImportKind, ImportRow } from './import-file.ts'

/** The progress of an import, or of a check. */
export interface Progress {
  /** Rows that have a result from the server, or that the page has rejected. */
  rows: number
  /** Their share of the file, in bytes. */
  bytes: number
  created: number
  updated: number
  /** Rows that are stored already, with the same values. Repeating an import creates no duplicates. */
  unchanged: number
  rejected: number
  /** How long it has been running, in milliseconds. */
  elapsed: number
}

export const NOTHING: Progress = { rows: 0, bytes: 0, created: 0, updated: 0, unchanged: 0, rejected: 0, elapsed: 0 }

export interface ImportSettings {
  kind: ImportKind
  /** Whether a row that differs from what is stored changes it. Otherwise it is rejected. */
  update: boolean
  /** Whether the file is only checked, and nothing is stored. */
  dryRun: boolean
}

export interface Reject {
  line: number
  reason: string
}

/** An import of a file that can be stopped and continued. */
export interface ImportRun {
  /**
   * Imports until the file ends or `signal` aborts. Reports the progress after each batch.
   *
   * Throws `HandsetError` if the server cannot be reached or no longer accepts the key, and `Error` if the rest of the
   * file is unreadable. Either way, `run` can be called again: rows without a response are sent again.
   */
  run(signal: AbortSignal, tell: (progress: Progress) => void): Promise<void>
  /** The first rejected rows. */
  readonly firstRejects: readonly Reject[]
  /** All rejected rows, as a file. The browser moves large blobs to disk. */
  rejects(): Blob
}

/** Rows per request: few enough for a progress bar that moves, enough to make the cost of a request negligible. */
const BATCH = 1000
const FIRST_REJECTS = 20

const DIFFERS = 'It differs from an earlier row of the same object'

const CUT = { type: 'unexpectedResponse', message: 'The response ended early', hint: undefined } as const

export function createImportRun(handset: Handset, file: ImportFile, settings: ImportSettings): ImportRun {
  const { kind, update, dryRun } = settings
  const rows = file.rows()
  const progress: Progress = { ...NOTHING }
  const earlier = createEarlierRows(settings)
  const firstRejects: Reject[] = []
  let rejects = new Blob([file.rejects.header], { type: 'text/csv' })
  /** Rows that were read but have no result yet. */
  let pending: ImportRow[] = []
  /** The error that ended the file early, if any. */
  let unreadable: unknown

  async function fill(): Promise<void> {
    try {
      while (pending.length < BATCH) {
        const { done, value } = await rows.next()
        if (done) return
        pending.push(value)
      }
    } catch (error) {
      unreadable = error
    }
  }

  /** Sends the pending rows, and removes those that have a result. */
  async function send(signal: AbortSignal): Promise<void> {
    const sent = pending.filter(({ fault }) => fault === null)
    const lines = sent.map(({ value }) => `${JSON.stringify(value)}\n`).join('')
    const query = { ...(update && { update }), ...(dryRun && { dryRun }) }
    const answer = sent.length === 0 ? '' : await (await handset[kind].import(lines, query, { signal })).text()
    const { results, error } = readAnswer(answer, sent.length)
    const judged = error === null ? pending : pending.slice(0, pending.indexOf(sent[results.length] as ImportRow))
    const rejected: string[] = []
    const at = new Map(sent.map((row, position) => [row, results[position]]))
    for (const row of judged) {
      const result = at.get(row)
      const status = result === undefined ? 'rejected' : earlier.judge(row, result)
      progress[status] += 1
      if (status === 'rejected') {
        const reason = row.fault ?? (result?.error ? reasonOf(result.error) : DIFFERS)
        rejected.push(file.rejects.toLine(row, reason))
        if (firstRejects.length < FIRST_REJECTS) firstRejects.push({ line: row.line, reason })
      }
    }
    if (rejected.length > 0) rejects = new Blob([rejects, ...rejected], { type: 'text/csv' })
    progress.rows += judged.length
    progress.bytes = judged.at(-1)?.end ?? progress.bytes
    pending = pending.slice(judged.length)
    earlier.add(judged)
    if (error !== null) throw error
  }

  return {
    firstRejects,
    rejects: () => rejects,
    async run(signal, tell) {
      const begun = performance.now() - progress.elapsed
      for (await fill(); pending.length > 0; await fill()) {
        signal.throwIfAborted()
        await send(signal)
        progress.elapsed = performance.now() - begun
        tell({ ...progress })
      }
      if (unreadable !== undefined) throw unreadable
    },
  }
}

/** The results in a response, and the error that ended it if some are missing. */
function readAnswer(text: string, asked: number): { results: ImportResult[]; error: HandsetError | null } {
  const lines = text.split('\n').filter((line) => line !== '')
  const parts = lines.map((line): ImportResult | ErrorBody => JSON.parse(line))
  const results = parts.filter((part) => part.object === 'importResult')
  if (results.length === asked) return { results, error: null }
  const { type, message, hint } = parts.find((part) => part.object === 'error') ?? CUT
  return { results, error: new HandsetError(message, { type, status: null, hint }) }
}

/** The column that identifies what a row is about. */
const IDENTITIES: Record<ImportKind, string> = { devices: 'imei', users: 'email', sims: 'iccid' }

/**
 * Remembers the rows of earlier requests of a check. The server stores nothing during a check, so it cannot compare the
 * rows of different requests. An import does not need this.
 */
function createEarlierRows({ kind, update, dryRun }: ImportSettings) {
  const seen = new Map<string, string>()
  const identityOf = ({ value }: ImportRow) => String(value[IDENTITIES[kind]]).toLowerCase()
  return {
    judge(row: ImportRow, { status }: ImportResult): ImportResult['status'] {
      const before = seen.get(identityOf(row))
      if (status !== 'created' || before === undefined) return status
      if (before === JSON.stringify(row.value)) return 'unchanged'
      return update ? 'updated' : 'rejected'
    },
    add(rows: readonly ImportRow[]) {
      if (dryRun) for (const row of rows) seen.set(identityOf(row), JSON.stringify(row.value))
    },
  }
}

/** Why a row was rejected, in sentences for a support agent and the names of the file's columns. */
function reasonOf({ message, details = [] }: ErrorBody): string {
  const texts = details.length > 0 ? details.map(textOfCell) : [message.replaceAll('`', '')]
  return texts.map((text) => (/[.!?]$/.test(text) ? text : `${text}.`)).join(' ')
}
