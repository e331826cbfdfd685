import { type ErrorBody, type Handset, HandsetError, type ImportResult } from '@handset/sdk'
import type { ImportFile, ImportRow } from './import-file.ts'

/** How far an import has come. */
export interface Progress {
  /** Rows that the server, or the page, has judged. */
  rows: number
  /** How much of the file they are, in bytes. */
  bytes: number
  registered: number
  /** Rows whose device is there already, as the row has it: an import that is run again doubles nothing. */
  existing: number
  rejected: number
  /** How long it has been at work, in milliseconds. */
  elapsed: number
}

export interface Reject {
  line: number
  reason: string
}

/** An import of a file, which can be stopped and gone on with. */
export interface ImportRun {
  /**
   * Goes on until the file ends or `signal` stops it; tells how far it is after each batch.
   *
   * Throws `HandsetError` when the server cannot be reached or no longer takes the key, and `Error` when the file is
   * unreadable from some place on. Either way `run` can be called again: what was sent without an answer is sent again.
   */
  run(signal: AbortSignal, tell: (progress: Progress) => void): Promise<void>
  /** The first of the rows that were not taken. */
  readonly firstRejects: readonly Reject[]
  /** All of them, as a file; held by the browser, which moves what is large to disk. */
  rejects(): Blob
}

/** Rows of one request: few enough for a bar that moves, enough for a request's own cost not to matter. */
const BATCH = 1000
const FIRST_REJECTS = 20

const CUT = { type: 'unexpectedAnswer', message: 'The response ended early', hint: undefined } as const

export function createImportRun(handset: Handset, file: ImportFile): ImportRun {
  const rows = file.rows()
  const progress: Progress = { rows: 0, bytes: 0, registered: 0, existing: 0, rejected: 0, elapsed: 0 }
  const firstRejects: Reject[] = []
  let rejects = new Blob([file.rejects.header], { type: 'text/csv' })
  /** Rows that were read and not judged yet. */
  let pending: ImportRow[] = []
  /** Why no more rows come, beside that there are no more. */
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

  /** Sends what is pending, and takes what was judged of it off. */
  async function send(signal: AbortSignal): Promise<void> {
    const sent = pending.filter(({ fault }) => fault === null)
    const lines = sent.map(({ device }) => `${JSON.stringify(device)}\n`).join('')
    const answer = sent.length === 0 ? '' : await (await handset.devices.import(lines, {}, { signal })).text()
    const { results, error } = readAnswer(answer, sent.length)
    const judged = error === null ? pending : pending.slice(0, pending.indexOf(sent[results.length] as ImportRow))
    const rejected: string[] = []
    const at = new Map(sent.map((row, position) => [row, results[position]]))
    for (const row of judged) {
      const result = at.get(row)
      if (result?.status === 'created') progress.registered += 1
      else if (result?.status === 'unchanged') progress.existing += 1
      else {
        const reason = row.fault ?? reasonOf(result?.error)
        progress.rejected += 1
        rejected.push(file.rejects.toLine(row, reason))
        if (firstRejects.length < FIRST_REJECTS) firstRejects.push({ line: row.line, reason })
      }
    }
    if (rejected.length > 0) rejects = new Blob([rejects, ...rejected], { type: 'text/csv' })
    progress.rows += judged.length
    progress.bytes = judged.at(-1)?.end ?? progress.bytes
    pending = pending.slice(judged.length)
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

/** The results of an answer, and the error that ended it where it holds fewer than were asked for. */
function readAnswer(text: string, asked: number): { results: ImportResult[]; error: HandsetError | null } {
  const lines = text.split('\n').filter((line) => line !== '')
  const parts = lines.map((line): ImportResult | ErrorBody => JSON.parse(line))
  const results = parts.filter((part) => part.object === 'importResult')
  if (results.length === asked) return { results, error: null }
  const { type, message, hint } = parts.find((part) => part.object === 'error') ?? CUT
  return { results, error: new HandsetError(message, { type, status: null, hint }) }
}

/** Why a row was not taken, in the API's own words. */
function reasonOf(error: ImportResult['error']): string {
  if (error === undefined) return ''
  const { message, hint, details = [] } = error
  const said = details.length > 0 ? details.map(({ message }) => message).join('; ') : message
  return hint && !said.includes(hint) ? `${said}. ${hint}` : said
}
